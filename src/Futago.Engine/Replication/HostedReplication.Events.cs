using Futago.Engine.Contracts.Events;
using Futago.Replication;

namespace Futago.Engine.Replication;

/// <summary>What the mirror says of itself, as events. A connection is news when the two sides agree on something, not when each attempt begins.</summary>
internal sealed partial class HostedReplication
{
    private bool _connectionReported;

    /// <summary>On the mirror's own thread, in order: nothing here waits.</summary>
    private void OnNoticed(ReplicationNotice notice)
    {
        var role = _volume is null ? "" : _configuration.Role.ToString();
        switch (notice.Kind)
        {
            case "ResyncStarted":
                ReportConnected();
                Report(
                    EventSeverity.Info, EventCodes.VolumeReplicationResyncStarted, $"The resync of {TaskName} was started.",
                    ("role", role), ("size", notice.Number > 0 ? SizeOf(notice.Number * BlockBytes) : ""));
                break;
            case "ResyncFinished":
                Report(EventSeverity.Info, EventCodes.VolumeReplicationResyncFinished, $"The resync of {TaskName} is done.", ("role", role));
                break;
            case "Established":
                ReportConnected();
                Report(EventSeverity.Info, EventCodes.VolumeReplicationInSync, $"Both nodes have the same data of {TaskName}; writes go to both.");
                break;
            case "Disconnected":
                if (_connectionReported)
                    Report(
                        EventSeverity.Warning, EventCodes.VolumeReplicationDisconnected, $"The connection of {TaskName} with the peer was lost.", ("reason", _volume?.LastClose ?? ""));
                _connectionReported = false;
                break;
            case "Refused":
                ReportRefused(notice.Reason);
                break;
            case "Promoted":
                Report(
                    EventSeverity.Info, EventCodes.VolumeReplicationBecameSource, $"This node is source of {TaskName} now.",
                    ("term", notice.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                break;
            case "Demoted":
                Report(EventSeverity.Info, EventCodes.VolumeReplicationBecameDestination, $"This node is destination of {TaskName} now.");
                break;
            case "Deposed":
                Report(
                    EventSeverity.Warning, EventCodes.VolumeReplicationDeposed, $"Another node is source of {TaskName}; this one has stopped serving it.",
                    ("term", notice.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                break;
            case "GoesOnAlone":
                Report(EventSeverity.Warning, EventCodes.VolumeReplicationAlone, $"The source of {TaskName} goes on without its peer and remembers what changes.");
                break;
            case "LocalDiskFailed":
                Report(EventSeverity.Error, EventCodes.VolumeReplicationDiskFailed, $"The medium of the volume of {TaskName} has failed on this node.", ("volume", VolumePath()));
                break;
            case "BehindNotNoted":
                Report(
                    EventSeverity.Error, EventCodes.VolumeReplicationBehindNotNoted,
                    $"The medium of the volume of {TaskName} has failed, and the engine's data directory could not be written to note that it is behind: nothing is acknowledged.");
                break;
            case "PeerDiskFailed":
                Report(EventSeverity.Error, EventCodes.VolumeReplicationPeerDiskFailed, $"The peer's medium of {TaskName} has failed; this node's serves.");
                break;
            case "Outdated":
                Report(EventSeverity.Warning, EventCodes.VolumeReplicationOutdated, $"The data of {TaskName} on this node is outdated: the peer goes on alone.");
                break;
            case "VerifyFinished":
                _verifyFinishedAt = _parts.Time.GetUtcNow();
                Report(
                    notice.Number > 0 ? EventSeverity.Error : EventSeverity.Info, EventCodes.VolumeReplicationVerifyFinished,
                    $"A verify of {TaskName} has ended; {(notice.Number > 0 ? SizeOf(notice.Number * BlockBytes) + " differ" : "no difference was found")}.",
                    ("different", SizeOf(notice.Number * BlockBytes)));
                break;
            case "Grown":
                Report(EventSeverity.Info, EventCodes.VolumeReplicationGrown, $"The volume of {TaskName} has grown on both nodes.", ("size", SizeOf(notice.Number)));
                break;
            case "SplitBrainYielded":
                Report(
                    EventSeverity.Warning, EventCodes.VolumeReplicationYielded, $"This node's side of the split brain of {TaskName} was given up; it is kept as {_keptSnapshot}.",
                    ("snapshot", _keptSnapshot ?? ""));
                break;
            case "LineageCleared":
                Report(EventSeverity.Warning, EventCodes.VolumeReplicationCleared, $"The replication metadata of {TaskName} was cleared.");
                break;
            case "ForcedPromotion":
                Report(EventSeverity.Warning, EventCodes.VolumeReplicationForced, $"This node was made source of {TaskName} although its data was not known to be up to date.");
                break;
        }
        Wake();
    }

    private const long BlockBytes = 4096;

    private void ReportConnected()
    {
        if (_connectionReported)
            return;
        _connectionReported = true;
        var address = _connection?.RemoteEndPoint.ToString() ?? "";
        Report(EventSeverity.Info, EventCodes.VolumeReplicationConnected, $"{TaskName} has a connection with the peer.", ("address", address));
    }

    private void ReportRefused(string reason)
    {
        if (reason == "SplitBrain")
        {
            _splitSince = _parts.Time.GetUtcNow();
            Report(EventSeverity.Error, EventCodes.VolumeReplicationSplitBrain, $"Split brain of {TaskName}: both nodes have data that the other lacks. Choose the side to keep.");
            return;
        }
        var problem = ReplicationProblems.Refusal(reason, TaskName);
        Report(EventSeverity.Error, EventCodes.VolumeReplicationRefused, problem?.Detail ?? $"{TaskName} is refused.", ("reason", problem?.Detail ?? reason));
    }

    private string VolumePath()
    {
        _parts.Catalogue.FindUsable(_configuration.VolumeId, out var path, out _);
        return path ?? "";
    }

    private static string SizeOf(long bytes) => Contracts.ByteSize.Format(bytes);

    private void Report(EventSeverity severity, string code, string text, params (string Name, string Value)[] args) =>
        _parts.Journal.Append(severity, code, TaskName, text, [("task", TaskName), .. args]);
}
