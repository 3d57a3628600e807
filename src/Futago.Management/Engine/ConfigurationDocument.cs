using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Access;
using Futago.Management.Failover;
using Futago.Management.Node;
using Futago.Management.Pairing;
using Futago.Management.Targets;

namespace Futago.Management.Engine;

/// <summary>The configuration as the engine gets it: secrets in the clear, because CHAP computes with them.</summary>
public static class ConfigurationDocument
{
    /// <param name="unreadable">Called for each target whose CHAP secret cannot be decrypted; such a target goes out as stopped.</param>
    public static EngineConfiguration Build(NodeConfiguration configuration, ISecretProtector protector, Action<Target> unreadable) => new(
        configuration.Revision,
        configuration.NodeName,
        [.. configuration.Portals.Select(p => new PortalConfiguration(p.Address, p.Port)).OrderBy(PortalRule.Format, StringComparer.Ordinal)],
        [.. configuration.Targets.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => Build(t, protector, unreadable))],
        PeerRecord.ToConfiguration(configuration),
        Agent: BuildAgent(configuration, protector))
    {
        // A task that the peer has not agreed to yet is not the engine's business.
        Replications =
        [
            .. from task in configuration.VolumeReplications.OrderBy(t => t.Name, StringComparer.Ordinal)
               where task.Agreed && task.VolumeId is not null
               select new ReplicationConfiguration(task.Id, task.Name, task.VolumeId!.Value, task.Role, task.Started, task.ResyncLimitBytesPerSecond),
        ],
        Failover = new FailoverHalf(protector).Build(configuration),
    };

    /// <summary>A share whose password cannot be decrypted is left out: nobody could write to it anyway.</summary>
    private static AgentConfiguration BuildAgent(NodeConfiguration configuration, ISecretProtector protector) => new(
        configuration.AgentEnabled,
        configuration.AgentTlsPort,
        configuration.AgentPlainPort,
        [
            .. from share in configuration.AgentShares.OrderBy(s => s.Share, StringComparer.Ordinal)
               let password = protector.Unprotect(share.ProtectedPassword)
               where password is not null
               select new AgentShareConfiguration(share.Share, share.User, password, [.. share.Allowed]),
        ]);

    private static TargetConfiguration Build(Target target, ISecretProtector protector, Action<Target> unreadable)
    {
        // A target that has CHAP must never be served without it: closed is the only safe state when the secret is lost.
        var readable = TryBuildChap(target, protector, out var chap);
        if (!readable)
            unreadable(target);
        return new TargetConfiguration(
            target.Id,
            target.Name,
            target.Alias,
            target.Started && readable,
            [.. target.Luns.Where(l => l.Image is null).OrderBy(l => l.Number).Select(l =>
                new LunConfiguration(l.Number, l.VolumeId, l.ScsiId, l.Serial, l.ReadOnly, l.WriteBack, l.BlockSize, l.Removable))],
            [.. target.AccessRules.OrderBy(r => r.Id).Select(r => new AccessRuleConfiguration(r.Address, r.Initiator))],
            chap)
        {
            CdRoms =
            [
                .. from lun in target.Luns
                   where lun.Image is not null
                   orderby lun.Number
                   select new CdRomConfiguration(lun.Number, lun.VolumeId, lun.Image!, lun.ScsiId, lun.Serial),
            ],
        };
    }

    private static bool TryBuildChap(Target target, ISecretProtector protector, out ChapConfiguration? chap)
    {
        chap = null;
        if (target.ChapUser is null)
            return true;
        var secret = Reveal(target.ProtectedChapSecret, protector);
        var mutualSecret = Reveal(target.ProtectedMutualSecret, protector);
        if (secret is null || (target.MutualUser is not null && mutualSecret is null))
            return false;
        chap = new ChapConfiguration(target.ChapUser, secret, target.MutualUser, mutualSecret);
        return true;
    }

    private static string? Reveal(string? secret, ISecretProtector protector) => secret is null ? null : protector.Unprotect(secret);
}
