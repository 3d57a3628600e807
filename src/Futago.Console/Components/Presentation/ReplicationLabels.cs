using System.Globalization;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Components.Presentation;

/// <summary>Words, colour and icon of everything that volume replication shows.</summary>
public static class ReplicationLabels
{
    public static StateLabel Connection(VolumeReplicationView task) => task switch
    {
        { Agreed: false } => new(VolumeReplicationText.NotAgreed, Tone.Warning, "warning"),
        { Status: null } => new(VolumeReplicationText.NotKnown, Tone.Neutral, "help"),
        { Status.SplitBrain: not null } => new(VolumeReplicationText.SplitBrain, Tone.Bad, "call_split"),
        { Started: false, Status.Connection: ReplicationConnection.StandAlone } => new(VolumeReplicationText.Stopped, Tone.Neutral, "stop_circle"),
        { Status.Connection: ReplicationConnection.StandAlone } => new(VolumeReplicationText.StandAlone, Tone.Bad, "link_off"),
        { Status.Connection: ReplicationConnection.Connecting } => new(VolumeReplicationText.Connecting, Tone.Warning, "progress_activity"),
        { Status.Connection: ReplicationConnection.Negotiating } => new(VolumeReplicationText.Negotiating, Tone.Busy, "progress_activity"),
        { Status.Resync.State: ResyncState.Source or ResyncState.Target } => new(VolumeReplicationText.Resyncing, Tone.Busy, "sync"),
        { Synced: true } => new(VolumeReplicationText.Synced, Tone.Good, "check_circle"),
        _ => new(VolumeReplicationText.Connected, Tone.Good, "link"),
    };

    public static StateLabel Data(DataState? state) => state switch
    {
        DataState.UpToDate => new(VolumeReplicationText.UpToDate, Tone.Good, "check_circle"),
        DataState.Consistent => new(VolumeReplicationText.Consistent, Tone.Busy, "check"),
        DataState.Inconsistent => new(VolumeReplicationText.Inconsistent, Tone.Warning, "warning"),
        DataState.Outdated => new(VolumeReplicationText.Outdated, Tone.Warning, "history"),
        DataState.Failed => new(VolumeReplicationText.Failed, Tone.Bad, "error"),
        DataState.Diskless => new(VolumeReplicationText.Diskless, Tone.Bad, "error"),
        _ => new(VolumeReplicationText.NotKnown, Tone.Neutral, "help"),
    };

    /// <summary>The word for a mode; empty for none.</summary>
    public static string Mode(VolumeReplicationMode mode) => mode switch
    {
        VolumeReplicationMode.Source => VolumeReplicationText.Source,
        VolumeReplicationMode.Destination => VolumeReplicationText.Destination,
        _ => "",
    };

    public static string Role(ReplicationRole? role) => role switch
    {
        ReplicationRole.Source => VolumeReplicationText.Source,
        ReplicationRole.Destination => VolumeReplicationText.Destination,
        _ => VolumeReplicationText.NotKnown,
    };

    /// <summary>0–100.</summary>
    public static int Percent(long done, long total) => total <= 0 ? 0 : (int)Math.Clamp(done * 100.0 / total, 0, 100);

    /// <summary>False for the side that receives a resync: only the other one knows how much is to come, and 0 would say that all is well.</summary>
    public static bool KnowsOutOfSync(ReplicationStatus status) => status.Resync is not { State: ResyncState.Target };

    public static string Resync(ResyncProgress resync)
    {
        // The side that receives does not know how much is to come.
        if (resync.TotalBytes <= 0)
            return Sentence.Of(VolumeReplicationText.ResyncReceiving, RateText.Format(resync.RateBytesPerSecond));
        var text = Sentence.Of(VolumeReplicationText.ResyncProgress,
            Percent(resync.DoneBytes, resync.TotalBytes), ByteSize.Format(resync.DoneBytes), ByteSize.Format(resync.TotalBytes), RateText.Format(resync.RateBytesPerSecond));
        return resync.SecondsLeft is { } left ? $"{text} · {Sentence.Of(VolumesText.TimeLeft, TimeText.Duration(TimeSpan.FromSeconds(left)))}" : text;
    }

    public static string Verify(VerifyReport? report, TimeText times) => report switch
    {
        null => VolumeReplicationText.VerifyNever,
        { FinishedAt: null } => Sentence.Of(VolumeReplicationText.VerifyRunning, Percent(report.CheckedBytes, report.TotalBytes), ByteSize.Format(report.DifferentBytes)),
        { Aborted: true } => Sentence.Of(VolumeReplicationText.VerifyAborted, times.Format(report.FinishedAt!.Value), ByteSize.Format(report.CheckedBytes)),
        { DifferentBytes: 0 } => Sentence.Of(VolumeReplicationText.VerifySame, times.Format(report.FinishedAt!.Value)),
        _ => Sentence.Of(VolumeReplicationText.VerifyDifferent, ByteSize.Format(report.DifferentBytes), times.Format(report.FinishedAt!.Value)),
    };

    public static string Stage(ReplicationStage stage) => stage switch
    {
        ReplicationStage.Queueing => VolumeReplicationText.StageQueueing,
        ReplicationStage.LocalWrite => VolumeReplicationText.StageLocalWrite,
        ReplicationStage.PeerWrite => VolumeReplicationText.StagePeerWrite,
        ReplicationStage.LocalFlush => VolumeReplicationText.StageLocalFlush,
        ReplicationStage.PeerFlush => VolumeReplicationText.StagePeerFlush,
        ReplicationStage.ResyncWrite => VolumeReplicationText.StageResyncWrite,
        _ => VolumeReplicationText.StageWhole,
    };

    public static string Limit(long? bytesPerSecond) => bytesPerSecond is { } limit ? RateText.Format(limit) : VolumeReplicationText.NoLimit;

    public static string Microseconds(double value) => value < 1000
        ? value.ToString("0.0", CultureInfo.CurrentCulture) + " µs"
        : (value / 1000).ToString("0.0", CultureInfo.CurrentCulture) + " ms";
}
