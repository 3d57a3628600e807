using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Targets;

/// <summary>What goes wrong with the media under open volumes: told once, shown until it is over.</summary>
internal sealed partial class TargetService
{
    /// <summary>So much must be free in a group before a lack of space counts as over: a few blocks would be used up at once.</summary>
    private const long SpaceIsBackBytes = 64L << 20;

    /// <summary>The volume as the data plane sees it: one whose medium fails is not well, whatever its metadata say.</summary>
    public VolumeInfo WithFaults(VolumeInfo volume)
    {
        if (volume.Problem is not null || !_open.TryGetValue(volume.Id, out var open) || FaultOf(open, $"{volume.Group}/{volume.Name}") is not { } problem)
            return volume;
        return volume with { State = VolumeState.Failed, Problem = problem };
    }

    private static Problem? FaultOf(OpenVolume open, string path)
    {
        if (open.HasFailed)
            return Fault($"A flush of volume {path} failed; it takes no further writes until the engine is restarted.", PhraseCodes.ReasonFlushFailed, "a flush failed");
        return open.HasIoErrors
            ? Fault($"The medium of volume {path} could not be read or written; check its unit.", PhraseCodes.ReasonMediumFailed, "its medium could not be read or written")
            : null;

        Problem Fault(string detail, string reasonCode, string reason) => new(
            ProblemCodes.VolumeFailed, detail, null, new Dictionary<string, string> { ["volume"] = path, ["reason"] = reason, ["reasonCode"] = reasonCode });
    }

    /// <summary>SANITIZE destroys what the volume holds and not what its snapshots hold: whoever relies on it has to know.</summary>
    private void OnSanitizeStarted(Guid volumeId, string path)
    {
        var snapshots = _catalogue!.SnapshotsOf(volumeId).Select(s => s.Name).ToList();
        if (snapshots.Count > 0)
            _journal.Append(
                EventSeverity.Warning, EventCodes.SanitizeLeavesSnapshots, path,
                $"An initiator has the data of volume {path} destroyed (SANITIZE). Its snapshots still hold what it held before; delete them if they are to go too (snapshots: {snapshots.Count}): {string.Join(", ", snapshots.Take(5))}{(snapshots.Count > 5 ? ", …" : "")}.",
                ("volume", path), ("count", snapshots.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private void OnVolumeFailed(string path) => _journal.Append(
        EventSeverity.Error, EventCodes.VolumeWriteFailed, path,
        $"Volume {path} could not be written: a flush failed, so what the medium holds is unknown. It takes no further writes until the engine is restarted; check the unit first.",
        ("volume", path));

    private void OnVolumeFaulted(string path, BlockStatus status)
    {
        var group = GroupOf(path);
        if (status == BlockStatus.NoSpace)
            _journal.Append(
                EventSeverity.Error, EventCodes.VolumeNoSpace, path,
                $"The thin volume {path} needs space for a write, and group {group} has none left. Writes that need space fail until there is some.", ("volume", path), ("group", group));
        else if (status is BlockStatus.ReadError or BlockStatus.WriteError)
            _journal.Append(
                EventSeverity.Error, EventCodes.VolumeIoError, path,
                $"The medium of volume {path} could not be {(status == BlockStatus.ReadError ? "read" : "written")}; check its unit.",
                ("volume", path), ("operation", status == BlockStatus.ReadError ? "read" : "write"));
    }

    /// <summary>Looks whether volumes that lacked space would find some now.</summary>
    private void CheckSpace()
    {
        foreach (var (id, open) in _open)
        {
            if (!open.LacksSpace || _catalogue!.FindUsable(id, out var path, out _) is not { } volume)
                continue;
            if (new DriveInfo(Path.GetDirectoryName(volume.DataPath)!).AvailableFreeSpace < SpaceIsBackBytes)
                continue;
            open.SpaceIsBack();
            _journal.Append(
                EventSeverity.Info, EventCodes.VolumeSpaceBack, path, $"The thin volume {path} finds space for writes again.", ("volume", path!), ("group", GroupOf(path!)));
        }
    }

    private static string GroupOf(string path) => path[..Math.Max(0, path.IndexOf('/', StringComparison.Ordinal))];
}
