using System.Globalization;
using Futago.Cli.Commands;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts.Replication;

namespace Futago.Cli.Output;

/// <summary>A volume replication task as text.</summary>
internal static class VolumeReplicationPage
{
    private const int RangesShown = 10;

    public static void WriteList(TextWriter output, IReadOnlyList<VolumeReplicationView> tasks)
    {
        var table = new Table("NAME", "ROLE", "VOLUME", "PEER'S VOLUME", "CONNECTION", "DATA HERE", "DATA AT PEER", ">OUT OF SYNC");
        foreach (var task in tasks)
        {
            table.Add(
                task.Name, Role(task), task.Volume, task.PeerVolume, Connection(task), Data(task.Status?.Data), Data(task.Status?.PeerData),
                task.Status is { } status ? Format.Size(status.OutOfSyncBytes) : null);
        }
        table.Write(output, "There are no volume replication tasks.");
    }

    public static void Write(TextWriter output, VolumeReplicationView task, CliEnvironment environment)
    {
        output.WriteLine($"Task: {TextWidth.Printable(task.Name)}{(task.Reverse ? $" (reverse of {TextWidth.Printable(task.PeerTask)} on the peer)" : "")}");
        Line("Started", task.Started ? task.StartedAt is { } since ? $"since {Format.Time(since, environment)}" : "Yes" : "No");
        Line("Connection", Connection(task));
        Line("Role", Role(task));
        Line("Role of peer", task.Status?.PeerRole is { } peerRole ? Format.Word(peerRole) : null);
        Line("Volume", $"{task.Volume ?? "missing"}, {Format.Size(task.SizeBytes)}, {Data(task.Status?.Data) ?? "not known"}");
        Line("Volume of peer", $"{task.PeerVolume} on {task.Peer}, {Data(task.Status?.PeerData) ?? "not known"}");
        Line("Out of sync", task.Status is { } status ? $"{Format.Size(status.OutOfSyncBytes)} ({Values.Text(status.OutOfSyncBytes)} bytes)" : null);
        Line("Resync", task.Status?.Resync is { State: not ResyncState.None } resync ? Resync(resync) : null);
        Line("Resync limit", task.ResyncLimitBytesPerSecond is { } limit ? $"{Format.Size(limit)}/s" : "none");
        Line("Addresses", task.Status is { LocalAddress: { } local, PeerAddress: { } peer } ? $"{local} to {peer}" : null);
        Line("Frozen", task.Status is { Frozen: true } ? "requests wait for the peer or for a decision" : null);
        if (task.Status?.SplitBrain is { } split)
            Line("Split brain", $"since {Format.Time(split.Since, environment)}: {Format.Size(split.HereBytes)} written here, {Format.Size(split.PeerBytes)} on the peer{(split.NeedsFullResync ? "; a full resync will be needed" : "")}");
        Line("Problem", task.Problem?.Detail);
        WriteVerify(output, task, environment);
        if (task.VerifySchedule is { } schedule)
        {
            Line("Schedule", $"{TaskCommands.Schedule(schedule)}{(schedule.NextRun is { } next ? $", next at {Format.Time(next, environment)}" : "")}");
            Line("Last run", schedule.LastRun is { } run ? $"{TaskCommands.State(run)} at {Format.Time(run.StartedAt, environment)}: {run.Detail}" : null);
        }
        if (task.Status?.Counters is { } counters)
        {
            Line("Writes", $"{Values.Text(counters.Writes)}, {Format.Size(counters.WrittenBytes)}; here {Microseconds(counters.LocalWriteMicroseconds)}, peer {Microseconds(counters.PeerWriteMicroseconds)}, round trip {Microseconds(counters.RoundTripMicroseconds)}");
            Line("Link", $"{Format.Size(counters.SentBytes)} sent, {Format.Size(counters.ReceivedBytes)} received, {Format.Size(counters.ResyncedBytes)} resynced, connections: {Values.Text(counters.Connections)}");
            if (counters.Link is { } link)
                Line("Link now", $"{Format.Size(link.SentBytesPerSecond)}/s sent, {Format.Size(link.ReceivedBytesPerSecond)}/s received, {Values.Text(link.SentFrames)} and {Values.Text(link.ReceivedFrames)} frames, {Values.Text(link.WaitingFrames)} waiting{(link.LastClose is { } why ? $"; last closed: {why}" : "")}");
            WriteStages(counters);
        }

        // What was not measured in the last seconds says nothing.
        void WriteStages(ReplicationCounters counters)
        {
            var measured = counters.Stages.Where(s => s.RecentCount > 0).ToList();
            if (measured.Count == 0)
                return;
            output.WriteLine("    Latency of the last 10 s:");
            var table = new Table("STAGE", ">COUNT", ">MEDIAN", ">99 %", ">MAXIMUM");
            foreach (var stage in measured)
                table.Add(Stage(stage.Stage), Values.Text(stage.RecentCount), Microseconds(stage.MedianMicroseconds), Microseconds(stage.P99Microseconds), Microseconds(stage.MaximumMicroseconds));
            table.Write(output, "");
        }

        void Line(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                output.WriteLine($"    {name + ":",-16}{TextWidth.Printable(value)}");
        }
    }

    public static void WriteVerify(TextWriter output, VolumeReplicationView task, CliEnvironment environment)
    {
        if (task.Status?.Verify is not { } verify)
            return;
        var text = verify switch
        {
            { FinishedAt: null } => $"{Format.Size(verify.CheckedBytes)} of {Format.Size(verify.TotalBytes)} compared, {Format.Size(verify.DifferentBytes)} differ so far",
            { Aborted: true } => $"ended early at {Format.Time(verify.FinishedAt, environment)} after {Format.Size(verify.CheckedBytes)}; {Format.Size(verify.DifferentBytes)} differ",
            { DifferentBytes: 0 } => $"both sides are the same ({Format.Size(verify.CheckedBytes)} compared until {Format.Time(verify.FinishedAt, environment)})",
            _ => $"{Format.Size(verify.DifferentBytes)} differ of {Format.Size(verify.CheckedBytes)} compared until {Format.Time(verify.FinishedAt, environment)}",
        };
        output.WriteLine($"    {"Verify:",-16}{text}");
        foreach (var range in verify.Ranges.Take(RangesShown))
            output.WriteLine($"        at byte {Values.Text(range.OffsetBytes)}, {Format.Size(range.LengthBytes)}");
        if (verify.Ranges.Count > RangesShown)
            output.WriteLine($"        More ranges: {Values.Text(verify.Ranges.Count - RangesShown)}");
    }

    public static string Resync(ResyncProgress resync)
    {
        // The side that receives does not know how much is to come.
        if (resync.TotalBytes <= 0)
            return $"resync, receiving {Format.Size(resync.RateBytesPerSecond)}/s";
        var percent = resync.DoneBytes * 100.0 / resync.TotalBytes;
        var left = resync.SecondsLeft is { } seconds ? $", {TimeSpan.FromSeconds(seconds):c} left" : "";
        return $"resync {percent.ToString("0.0", CultureInfo.InvariantCulture)} %, {Format.Size(resync.DoneBytes)} of {Format.Size(resync.TotalBytes)}, {Format.Size(resync.RateBytesPerSecond)}/s{left}";
    }

    public static string Connection(VolumeReplicationView task) => task switch
    {
        { Agreed: false } => "not agreed with the peer yet",
        { Status: null } => "not known",
        { Started: false, Status.Connection: ReplicationConnection.StandAlone } => "stopped",
        { Status.Connection: ReplicationConnection.StandAlone } => "stand-alone",
        { Status.Connection: ReplicationConnection.Connecting } => "connecting",
        { Status.Connection: ReplicationConnection.Negotiating } => "negotiating",
        _ => "connected",
    };

    private static string Stage(ReplicationStage stage) => stage switch
    {
        ReplicationStage.Queueing => "queueing",
        ReplicationStage.LocalWrite => "write here",
        ReplicationStage.PeerWrite => "transfer and write at peer",
        ReplicationStage.LocalFlush => "flush here",
        ReplicationStage.PeerFlush => "transfer and flush at peer",
        ReplicationStage.ResyncWrite => "resync: transfer and write",
        _ => "whole write",
    };

    private static string Role(VolumeReplicationView task) => task.Status is { } status && status.Role != task.Role
        ? $"{Format.Word(status.Role)} (is to be {Format.Word(task.Role)})"
        : Format.Word(task.Role);

    private static string? Data(DataState? state) => state?.ToString();

    private static string Microseconds(double value) => value < 1000
        ? value.ToString("0.0", CultureInfo.InvariantCulture) + " µs"
        : (value / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms";
}
