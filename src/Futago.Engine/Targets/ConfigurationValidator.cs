using System.Net;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.DataReplication;
using Futago.Engine.Failover;
using Futago.Engine.Link;
using Futago.Engine.Replication;
using Futago.Iscsi.Names;

namespace Futago.Engine.Targets;

/// <summary>
/// Checks a configuration as a whole before any of it is applied, and brings names into their normal form. The console has
/// checked most of it already; the engine trusts nobody, since it is what initiators meet.
/// </summary>
internal static class ConfigurationValidator
{
    public const int PortalsMaximum = 64;
    public const int TargetsMaximum = 1024;
    public const int RulesMaximum = 1024;

    /// <exception cref="ProblemException">The first thing that is wrong, with its field.</exception>
    public static EngineConfiguration Check(EngineConfiguration configuration)
    {
        if (configuration.Revision < 1)
            throw ProblemException.Invalid(ProblemCodes.ConfigurationInvalid, "The revision must be 1 or more.", "revision");
        CheckNodeName(configuration.NodeName);
        CheckPortals(Present(configuration.Portals, "portals"));
        var targets = Present(configuration.Targets, "targets");
        if (targets.Count > TargetsMaximum)
            throw ProblemException.Invalid(ProblemCodes.ConfigurationInvalid, $"There can be at most {TargetsMaximum} targets.", "targets");

        var seen = new SeenIdentities();
        var checkedTargets = new List<TargetConfiguration>(targets.Count);
        for (var i = 0; i < targets.Count; i++)
        {
            var field = $"targets[{i}]";
            checkedTargets.Add(CheckTarget(targets[i] ?? throw Missing(field), field, seen));
        }
        if (configuration.Peer is { } peer)
            PeerValidator.Check(peer);
        if (configuration.Agent is { } agent)
            AgentValidator.Check(agent);
        ReplicationValidator.Check(Present(configuration.Replications, "replications"));
        var result = configuration with { Targets = checkedTargets };
        FailoverValidator.Check(result);
        return result;
    }

    private static void CheckNodeName(string? name)
    {
        if (name is not { Length: >= 1 and <= 63 } || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw ProblemException.Invalid(ProblemCodes.NameInvalid, "The node name has 1 to 63 letters, digits and hyphens.", "nodeName");
    }

    private static void CheckPortals(IReadOnlyList<PortalConfiguration> portals)
    {
        if (portals.Count > PortalsMaximum)
            throw ProblemException.Invalid(ProblemCodes.PortalInvalid, $"There can be at most {PortalsMaximum} portals.", "portals");
        var seen = new HashSet<IPEndPoint>();
        for (var i = 0; i < portals.Count; i++)
        {
            var field = $"portals[{i}]";
            var portal = portals[i] ?? throw Missing(field);
            if (!IPAddress.TryParse(portal.Address, out var address) || portal.Port is < 1 or > 65535)
                throw ProblemException.Invalid(
                    ProblemCodes.PortalInvalid, $"“{portal.Address}” with port {portal.Port} is not an IP address with a port from 1 to 65535.", field,
                    ("portal", $"{portal.Address}:{portal.Port}"));
            if (!seen.Add(new IPEndPoint(address, portal.Port)))
                throw ProblemException.Invalid(
                    ProblemCodes.PortalInvalid, $"The portal {portal.Address} with port {portal.Port} is listed twice.", field, ("portal", $"{portal.Address}:{portal.Port}"));
        }
    }

    private static TargetConfiguration CheckTarget(TargetConfiguration target, string field, SeenIdentities seen)
    {
        // RFC 7143 section 4.2.7: names are compared in normal form, so that is how they are kept.
        if (!IscsiName.TryParse(target.Name, out var name))
            throw ProblemException.Invalid(
                ProblemCodes.TargetNameInvalid,
                $"“{target.Name}” is not an iSCSI name: use iqn.YYYY-MM.reversed.domain:identifier, eui. with 16, or naa. with 16 or 32 hexadecimal digits.",
                $"{field}.name",
                ("target", target.Name ?? ""));
        if (!seen.Names.Add(name) || !seen.Ids.Add(target.Id))
            throw ProblemException.Invalid(ProblemCodes.NameTaken, $"There are two targets with the name {name}.", $"{field}.name", ("name", name));
        var luns = Present(target.Luns, $"{field}.luns");
        var numbers = new HashSet<int>();
        for (var i = 0; i < luns.Count; i++)
            CheckLun(luns[i] ?? throw Missing($"{field}.luns[{i}]"), $"{field}.luns[{i}]", name, numbers, seen);
        var drives = Present(target.CdRoms, $"{field}.cdRoms");
        for (var i = 0; i < drives.Count; i++)
            CheckCdRom(drives[i] ?? throw Missing($"{field}.cdRoms[{i}]"), $"{field}.cdRoms[{i}]", name, numbers, seen);
        var rules = Present(target.AccessRules, $"{field}.accessRules");
        if (rules.Count > RulesMaximum)
            throw ProblemException.Invalid(ProblemCodes.AccessRuleInvalid, $"A target can have at most {RulesMaximum} access rules.", $"{field}.accessRules");
        for (var i = 0; i < rules.Count; i++)
            AccessRules.Check(rules[i] ?? throw Missing($"{field}.accessRules[{i}]"), $"{field}.accessRules[{i}]");
        if (target.Chap is { } chap)
            CheckChap(chap, $"{field}.chap");
        return target with { Name = name };
    }

    private static void CheckLun(LunConfiguration lun, string field, string target, HashSet<int> numbers, SeenIdentities seen)
    {
        CheckNumber(lun.Lun, field, target, numbers);
        if (lun.VolumeId == Guid.Empty || !seen.Volumes.Add(lun.VolumeId))
            throw ProblemException.Invalid(
                ProblemCodes.LunVolumeTaken, $"The volume of LUN {lun.Lun} of target {target} is another LUN already; two targets on one volume would destroy its file system.",
                $"{field}.volumeId", ("lun", $"{lun.Lun}"), ("target", target));
        CheckIdentity(lun.Lun, lun.ScsiId, lun.Serial, field, target, seen);
        if (lun.BlockSize is not (512 or 4096))
            throw ProblemException.Invalid(
                ProblemCodes.LunBlockSizeInvalid, $"The block size of LUN {lun.Lun} of target {target} is neither 512 nor 4096.", $"{field}.blockSize",
                ("lun", $"{lun.Lun}"), ("target", target));
    }

    private static void CheckCdRom(CdRomConfiguration drive, string field, string target, HashSet<int> numbers, SeenIdentities seen)
    {
        CheckNumber(drive.Lun, field, target, numbers);
        if (drive.VolumeId == Guid.Empty)
            throw ProblemException.Invalid(
                ProblemCodes.ConfigurationInvalid, $"The CD-ROM of LUN {drive.Lun} of target {target} has no volume.", $"{field}.volumeId");
        if (!IsoPath.IsNormal(drive.Image))
            throw ProblemException.Invalid(
                ProblemCodes.IsoPathInvalid, $"The ISO image of LUN {drive.Lun} of target {target} is not the path of a file below the root of its volume.", $"{field}.image",
                ("lun", $"{drive.Lun}"), ("target", target));
        CheckIdentity(drive.Lun, drive.ScsiId, drive.Serial, field, target, seen);
    }

    private static void CheckNumber(int lun, string field, string target, HashSet<int> numbers)
    {
        if (lun is < 0 or > 255)
            throw ProblemException.Invalid(
                ProblemCodes.LunOutOfRange, $"LUN {lun} of target {target} is not between 0 and 255.", $"{field}.lun", ("lun", $"{lun}"), ("target", target));
        if (!numbers.Add(lun))
            throw ProblemException.Invalid(
                ProblemCodes.LunTaken, $"Target {target} has two LUNs with the number {lun}.", $"{field}.lun", ("lun", $"{lun}"), ("target", target));
    }

    private static void CheckIdentity(int lun, string? scsiId, string? serial, string field, string target, SeenIdentities seen)
    {
        if (scsiId is not { Length: 16 or 32 } || !scsiId.All(char.IsAsciiHexDigit))
            throw ProblemException.Invalid(
                ProblemCodes.LunScsiIdInvalid, $"The SCSI ID of LUN {lun} of target {target} is not 16 or 32 hexadecimal digits.", $"{field}.scsiId",
                ("lun", $"{lun}"), ("target", target));
        if (!seen.ScsiIds.Add(scsiId))
            throw ProblemException.Invalid(
                ProblemCodes.LunScsiIdTaken, $"The SCSI ID {scsiId} is used twice; initiators would take both LUNs for one disk.", $"{field}.scsiId",
                ("scsiId", scsiId), ("lun", $"{lun}"), ("target", target));
        if (serial is not { Length: >= 1 and <= 32 } || !serial.All(c => c is >= ' ' and <= '~'))
            throw ProblemException.Invalid(
                ProblemCodes.ConfigurationInvalid, $"The serial number of LUN {lun} of target {target} is not 1 to 32 printable ASCII characters.", $"{field}.serial");
    }

    private static void CheckChap(ChapConfiguration chap, string field)
    {
        CheckUser(chap.User, $"{field}.user");
        CheckSecret(chap.Secret, $"{field}.secret");
        if (chap.MutualUser is null && chap.MutualSecret is null)
            return;
        CheckUser(chap.MutualUser, $"{field}.mutualUser");
        CheckSecret(chap.MutualSecret, $"{field}.mutualSecret");
        // RFC 7143 section 9.2.1: with one secret for both directions a reflected answer would be right.
        if (chap.Secret == chap.MutualSecret)
            throw ProblemException.Invalid(ProblemCodes.ChapSecretSame, "The two CHAP secrets must differ.", $"{field}.mutualSecret");
    }

    private static void CheckUser(string? user, string field)
    {
        if (user is not { Length: >= 1 and <= 255 } || !user.All(c => c is > ' ' and <= '~'))
            throw ProblemException.Invalid(ProblemCodes.ChapUserInvalid, "A CHAP user name has 1 to 255 printable ASCII characters without blanks.", field);
    }

    private static void CheckSecret(string? secret, string field)
    {
        // 12 is the minimum of RFC 7143 section 9.2.1; 16 is all that the Windows initiator takes.
        if (secret is not { Length: >= 12 and <= 16 } || !secret.All(c => c is >= ' ' and <= '~'))
            throw ProblemException.Invalid(ProblemCodes.ChapSecretInvalid, "A CHAP secret has 12 to 16 printable ASCII characters.", field);
    }

    private static IReadOnlyList<T> Present<T>(IReadOnlyList<T>? list, string field) => list ?? throw Missing(field);

    private static ProblemException Missing(string field) =>
        ProblemException.Invalid(ProblemCodes.ConfigurationInvalid, $"The configuration lacks {field}.", field);

    /// <summary>What may occur once on a node.</summary>
    private sealed class SeenIdentities
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public HashSet<Guid> Ids { get; } = [];

        public HashSet<Guid> Volumes { get; } = [];

        public HashSet<string> ScsiIds { get; } = new(StringComparer.OrdinalIgnoreCase);
    }
}
