using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Node;
using Futago.Management.Targets;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Failover;

/// <summary>
/// All about new volumes that can be known before anything is made, so that a slip of the pen leaves nothing behind. What is
/// there of an earlier try is told by its volume replication task: nobody else makes one between just these two volumes.
/// </summary>
internal static class NewVolumeRules
{
    private const string Field = "newVolumes";
    private const int VolumesMax = 16;
    private const int LunMax = 255;

    /// <param name="takingPart">Volumes that are in the failover besides.</param>
    public static IReadOnlyList<NewVolume> Check(
        IReadOnlyList<NewFailoverVolume> wanted, NodeConfiguration configuration, IReadOnlyCollection<Guid> takingPart,
        IReadOnlyList<GroupInfo> groups, IReadOnlyList<VolumeInfo> volumes, PeerDestinations peer, string peerName)
    {
        if (wanted.Count > VolumesMax)
            throw FailoverProblems.TooMany(Field, VolumesMax);
        try
        {
            List<NewVolume> read = [.. wanted.Select(w => Read(w, configuration))];
            CheckTwice(read);
            foreach (var volume in read)
            {
                CheckHere(volume, volumes);
                CheckTarget(volume, read, configuration, takingPart);
                if (volume.Begun is null && peer.Groups.FirstOrDefault(g => g.Name == volume.PeerGroup)?.VolumeNames.Contains(volume.PeerName) == true)
                    throw VolumeReplicationProblems.DestinationExists(volume.PeerPath);
            }
            CheckRoom(read.Where(v => v.Begun is null).Select(v => (v.Group, v)), [.. groups.Where(g => g.State == GroupState.Online).Select(g => (g.Name, g.Space.Free))], configuration.NodeName);
            CheckRoom(read.Where(v => v.Begun is not { Agreed: true }).Select(v => (v.PeerGroup, v)), [.. peer.Groups.Select(g => (g.Name, g.FreeBytes))], peerName);
            return read;
        }
        catch (ProblemException e)
        {
            throw new ProblemException(e.Problem with { Field = Field }, e.Status);
        }
    }

    private static NewVolume Read(NewFailoverVolume wanted, NodeConfiguration configuration)
    {
        var (group, name) = VolumeReplicationRules.CheckPath(wanted.Volume, Field);
        var (peerGroup, peerName) = string.IsNullOrWhiteSpace(wanted.PeerVolume) ? (group, name) : VolumeReplicationRules.CheckPath(wanted.PeerVolume, Field);
        var task = VolumeReplicationRules.CheckName(string.IsNullOrWhiteSpace(wanted.Task) ? name : wanted.Task, Field);
        if (wanted.SizeBytes < ByteSize.MiB)
            throw ProblemException.Invalid(ProblemCodes.SizeTooSmall, $"A volume has at least {ByteSize.Format(ByteSize.MiB)}.", Field, ("minimum", ByteSize.Format(ByteSize.MiB)));
        if (wanted.SizeBytes > long.MaxValue - ByteSize.MiB)
            throw ProblemException.Invalid(ProblemCodes.SizeInvalid, "That is no size that a volume can have.", Field);
        if (wanted.Lun is < 0 or > LunMax)
            throw ProblemException.Invalid(ProblemCodes.LunOutOfRange, $"A LUN number is 0 to {LunMax}.", Field, ("lun", $"{wanted.Lun}"));
        var begun = configuration.VolumeReplications.Find(t => t.Name == task);
        if (begun is not null && (begun.Reverse || begun.Volume != $"{group}/{name}" || begun.PeerVolume != $"{peerGroup}/{peerName}"))
            throw VolumeReplicationProblems.NameTaken(task);
        return new NewVolume(
            group, name, (wanted.SizeBytes + ByteSize.MiB - 1) / ByteSize.MiB * ByteSize.MiB, wanted.Thin, peerGroup, peerName, task,
            IscsiName.CheckTarget(wanted.Target ?? ""), wanted.Lun, string.IsNullOrWhiteSpace(wanted.Allow) ? null : AccessAddress.Check(wanted.Allow), begun);
    }

    private static void CheckTwice(List<NewVolume> read)
    {
        foreach (var names in new[] { read.Select(v => v.Path), read.Select(v => v.PeerPath), read.Select(v => v.Task), read.Where(v => v.Lun is not null).Select(v => $"LUN {v.Lun} {v.Target}") })
        {
            if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
                throw FailoverProblems.Twice(twice.Key, Field);
        }
    }

    private static void CheckHere(NewVolume volume, IReadOnlyList<VolumeInfo> volumes)
    {
        var present = volumes.FirstOrDefault(v => v.Path == volume.Path);
        if (volume.Begun is not { } begun)
        {
            if (present is not null)
                throw ProblemException.Conflict(ProblemCodes.NameTaken,
                    $"There is a volume {volume.Path} already. Choose another name, or create a volume replication task for that volume and pick the task.", Field, ("name", volume.Path));
            return;
        }
        if (present is null || present.Id != begun.VolumeId)
            throw VolumeReplicationProblems.VolumeNotFound(volume.Path, Field);
        if (present.SizeBytes != volume.SizeBytes)
            throw ProblemException.Conflict(ProblemCodes.NameTaken,
                $"There is a volume {volume.Path} of {ByteSize.Format(present.SizeBytes)} already. Choose another name, or pick its volume replication task {begun.Name}.", Field, ("name", volume.Path));
        if (begun.Role != ReplicationRole.Source)
            throw FailoverProblems.SourcesMixed();
    }

    private static void CheckTarget(NewVolume volume, List<NewVolume> all, NodeConfiguration configuration, IReadOnlyCollection<Guid> takingPart)
    {
        if (configuration.Targets.Find(t => t.Name == volume.Target) is not { } target)
            return;
        foreach (var lun in target.Luns)
        {
            var own = volume.Begun is { VolumeId: { } id } && lun.VolumeId == id;
            // A LUN can join a target that both nodes have already only when its volume is in the failover, and not before.
            if (!own && configuration.Failover is { AgreedAt: not null } && takingPart.Contains(lun.VolumeId))
                throw FailoverProblems.TargetInFailover(target.Name, lun.Number, configuration.NodeName);
            if (!own && !takingPart.Contains(lun.VolumeId) && !all.Exists(v => v.Begun is { VolumeId: { } other } && other == lun.VolumeId))
                throw FailoverProblems.TargetMixed(target.Name, lun.Number, configuration.NodeName);
            if (!own && lun.Number == volume.Lun)
                throw ProblemException.Conflict(ProblemCodes.LunTaken, $"The target {target.Name} has a LUN {lun.Number} already. Choose another number.", Field,
                    ("lun", $"{lun.Number}"), ("target", target.Name));
        }
    }

    // Thin volumes take what they need later.
    private static void CheckRoom(IEnumerable<(string Group, NewVolume Volume)> wanted, IReadOnlyList<(string Name, long Free)> groups, string node)
    {
        foreach (var inGroup in wanted.GroupBy(w => w.Group, StringComparer.Ordinal))
        {
            if (!groups.Any(g => g.Name == inGroup.Key))
                throw ProblemException.Conflict(ProblemCodes.GroupNotFound, $"{node} has no volume group {inGroup.Key} that is online.", Field, ("group", inGroup.Key));
            var free = groups.First(g => g.Name == inGroup.Key).Free;
            var needed = inGroup.Where(w => !w.Volume.Thin).Sum(w => (decimal)w.Volume.SizeBytes);
            if (needed > free)
                throw ProblemException.Conflict(ProblemCodes.SizeTooLarge,
                    $"The group {inGroup.Key} of {node} has {ByteSize.Format(free)} free, the new volumes need more. Choose a smaller size or another group.", Field, ("maximum", ByteSize.Format(free)));
        }
    }
}
