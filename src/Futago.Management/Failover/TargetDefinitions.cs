using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Node;
using Futago.Management.Targets;

namespace Futago.Management.Failover;

/// <summary>Targets of the failover as one definition that both nodes have, each with its own volumes.</summary>
internal static class TargetDefinitions
{
    private const int LunsMax = 256;
    private const int AccessRulesMax = 1000;
    private const int AliasLengthMax = 255;

    /// <summary>The targets with at least one LUN on a volume of these replications.</summary>
    public static IReadOnlyList<Target> TargetsOn(NodeConfiguration configuration, IReadOnlyCollection<Guid> replications)
    {
        var volumes = VolumesOf(configuration, replications);
        return [.. configuration.Targets.Where(t => t.Luns.Exists(l => volumes.ContainsKey(l.VolumeId))).OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>Which replication each volume of this node belongs to.</summary>
    public static IReadOnlyDictionary<Guid, Guid> VolumesOf(NodeConfiguration configuration, IReadOnlyCollection<Guid> replications) =>
        configuration.VolumeReplications.Where(t => t.VolumeId is not null && replications.Contains(t.Id)).ToDictionary(t => t.VolumeId!.Value, t => t.Id);

    /// <exception cref="ProblemException">A CHAP secret cannot be decrypted here: it cannot be given to the peer.</exception>
    public static IReadOnlyList<TargetDefinition> Of(NodeConfiguration configuration, IReadOnlyCollection<Guid> replications, ISecretProtector protector)
    {
        var volumes = VolumesOf(configuration, replications);
        return
        [
            .. from target in TargetsOn(configuration, replications)
               select new TargetDefinition(
                   target.Name, target.Alias, target.Started,
                   target.ChapUser, Reveal(target, target.ProtectedChapSecret, protector), target.MutualUser, Reveal(target, target.ProtectedMutualSecret, protector),
                   [.. target.Luns.OrderBy(l => l.Number).Select(l => new LunDefinition(
                       l.Number, volumes.GetValueOrDefault(l.VolumeId), l.ScsiId, l.BlockSize, l.ReadOnly, l.WriteBack, l.Removable))],
                   [.. target.AccessRules.Select(r => new AccessDefinition(r.Address, r.Initiator)).OrderBy(r => r.Address ?? r.Initiator, StringComparer.Ordinal)]),
        ];
    }

    /// <summary>Makes the targets that are missing and, when asked for, the others the same.</summary>
    /// <returns>Names of the targets that were made or changed.</returns>
    /// <exception cref="ProblemException">One is not possible here. Parts may have been changed: throw the configuration away.</exception>
    public static IReadOnlyList<string> Apply(
        NodeConfiguration configuration, IReadOnlyCollection<Guid> replications, IReadOnlyList<TargetDefinition> definitions, bool replace, ISecretProtector protector, DateTimeOffset now)
    {
        var volumes = VolumesOf(configuration, replications).ToDictionary(v => v.Value, v => v.Key);
        List<string> changed = [];
        foreach (var definition in definitions)
        {
            Check(definition);
            var target = configuration.Targets.Find(t => t.Name == definition.Name);
            if (target is not null && !replace)
                continue;
            if (target is null)
            {
                target = new Target { Name = definition.Name, CreatedAt = now };
                configuration.Targets.Add(target);
            }
            SetLuns(configuration, target, definition, volumes);
            target.Alias = definition.Alias;
            target.Started = definition.Started;
            (target.ChapUser, target.ProtectedChapSecret) = Account(target.ChapUser, target.ProtectedChapSecret, definition.ChapUser, definition.ChapSecret, protector);
            (target.MutualUser, target.ProtectedMutualSecret) = Account(target.MutualUser, target.ProtectedMutualSecret, definition.MutualUser, definition.MutualSecret, protector);
            SetAccessRules(target, definition);
            changed.Add(target.Name);
        }
        return changed;
    }

    private static void SetLuns(NodeConfiguration configuration, Target target, TargetDefinition definition, Dictionary<Guid, Guid> volumes)
    {
        var wanted = definition.Luns.Select(lun => volumes.TryGetValue(lun.Replication, out var volume)
            ? (Volume: volume, Lun: lun)
            : throw Refuse(definition.Name, configuration, $"LUN {lun.Number} is not on a volume that is replicated in this failover.")).ToList();
        target.Luns.RemoveAll(l => !wanted.Exists(w => w.Volume == l.VolumeId && w.Lun.BlockSize == l.BlockSize));
        foreach (var (volume, lun) in wanted)
        {
            foreach (var other in configuration.Targets.Where(t => t != target))
            {
                if (other.Luns.Find(l => l.VolumeId == volume || l.ScsiId == lun.ScsiId) is { } taken)
                    throw Refuse(definition.Name, configuration, $"LUN {taken.Number} of {other.Name} has the same volume or SCSI ID.");
            }
            if (target.Luns.Find(l => l.VolumeId == volume) is not { } entity)
            {
                entity = new Lun { Number = lun.Number, VolumeId = volume, ScsiId = lun.ScsiId, BlockSize = lun.BlockSize };
                target.Luns.Add(entity);
            }
            (entity.Number, entity.ScsiId) = (lun.Number, lun.ScsiId);
            (entity.ReadOnly, entity.WriteBack, entity.Removable) = (lun.ReadOnly, lun.WriteBack, lun.Removable);
        }
    }

    private static void SetAccessRules(Target target, TargetDefinition definition)
    {
        target.AccessRules.RemoveAll(r => !definition.AccessRules.Contains(new AccessDefinition(r.Address, r.Initiator)));
        foreach (var rule in definition.AccessRules)
        {
            if (!target.AccessRules.Exists(r => r.Address == rule.Address && r.Initiator == rule.Initiator))
                target.AccessRules.Add(new AccessRule { Address = rule.Address, Initiator = rule.Initiator });
        }
    }

    // What is the same stays as it was encrypted, so that nothing counts as changed.
    private static (string? User, string? Protected) Account(string? user, string? present, string? newUser, string? secret, ISecretProtector protector) =>
        newUser is null || secret is null ? (null, null)
        : newUser == user && present is not null && protector.Unprotect(present) == secret ? (user, present)
        : (newUser, protector.Protect(secret));

    private static void Check(TargetDefinition definition)
    {
        var whole = definition is { Name: not null, Luns: { Count: <= LunsMax }, AccessRules: { Count: <= AccessRulesMax } }
            && IscsiName.CheckTarget(definition.Name) == definition.Name
            && definition.Alias is null or { Length: <= AliasLengthMax }
            && definition.Alias?.Any(char.IsControl) != true
            && (definition.ChapUser is null) == (definition.ChapSecret is null) && (definition.MutualUser is null) == (definition.MutualSecret is null)
            && (definition.MutualUser is null || definition.ChapUser is not null)
            && definition.Luns.All(l => l.Number is >= 0 and < LunsMax && l.BlockSize is 512 or 4096 && l.ScsiId is not null && ScsiIdentity.Check(l.ScsiId) == l.ScsiId)
            && definition.Luns.Select(l => l.Number).Distinct().Count() == definition.Luns.Count
            && definition.Luns.Select(l => l.Replication).Distinct().Count() == definition.Luns.Count
            && definition.Luns.Select(l => l.ScsiId).Distinct().Count() == definition.Luns.Count
            && definition.AccessRules.All(IsRule);
        if (!whole)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The target that the peer sent is not complete.");
        if (definition.ChapUser is not null)
        {
            ChapRule.CheckUser(definition.ChapUser, "chapUser");
            ChapRule.CheckSecret(definition.ChapSecret!, "chapSecret");
        }
        if (definition.MutualUser is not null)
        {
            ChapRule.CheckUser(definition.MutualUser, "mutualUser");
            ChapRule.CheckSecret(definition.MutualSecret!, "mutualSecret");
        }
    }

    private static bool IsRule(AccessDefinition rule) => rule switch
    {
        { Address: { } address, Initiator: null } => AccessAddress.Check(address) == address,
        { Address: null, Initiator: { } initiator } => IscsiName.CheckInitiator(initiator) == initiator,
        _ => false,
    };

    private static string? Reveal(Target target, string? secret, ISecretProtector protector) => secret is null ? null : protector.Unprotect(secret)
        ?? throw ProblemException.Conflict(ProblemCodes.FailoverTargetRefused,
            $"The CHAP secret of {target.Name} cannot be decrypted, so that the peer cannot get it. Set the secret again.", null,
            ("target", target.Name), ("peer", ""), ("reason", ""));

    private static ProblemException Refuse(string target, NodeConfiguration configuration, string reason) =>
        FailoverProblems.PeerRefusesTarget(target, configuration.NodeName, reason);
}
