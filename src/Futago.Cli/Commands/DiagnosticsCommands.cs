using System.CommandLine;
using System.Globalization;
using Futago.Cli.Output;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Commands;

/// <summary>Verbs of targets and sessions that show what single commands do.</summary>
internal static class DiagnosticsCommands
{
    public static Verb Statistics()
    {
        var name = Values.Required("target", "Name of the target.");
        var by = Values.Choice("--by", "What the rows are: operation unless given.", "operation", "lun", "initiator", "all");
        return new Verb("statistics", "Shows what a target has done since it was started: commands, bytes and latencies.", async call =>
        {
            var target = call.Value(name);
            var statistics = await Fallback.ReadAsync(
                call, console => console.Diagnostics.GetStatisticsAsync(target, call.Cancellation), engine => engine.GetStatisticsAsync(target, call.Cancellation));
            call.Print(statistics, output => Write(output, statistics, call.Value(by) ?? "operation", call.Environment));
        }, name, by);
    }

    public static Verb Slow()
    {
        var name = Values.Required("target", "Name of the target.");
        var threshold = Values.Number("--threshold", "MILLISECONDS", "Only commands that took at least so long: 10 or more, 100 unless given.");
        return new Verb("slow", "Lists the slow commands of a target, newest first.", async call =>
        {
            var commands = await Fallback.ReadAsync(
                call,
                console => console.Diagnostics.ListSlowCommandsAsync(call.Value(name), call.Value(threshold), call.Cancellation),
                engine => engine.ListSlowCommandsAsync(call.Value(name), call.Value(threshold) ?? 100, call.Cancellation));
            call.Print(commands, output => CommandPage.Write(output, commands, call.Environment, "No command took so long lately."));
        }, name, threshold);
    }

    public static Verb Commands()
    {
        var id = Session();
        return new Verb("commands", "Lists the last commands of a session; the newest is the last line.", async call =>
        {
            var commands = await Fallback.ReadAsync(
                call, console => console.Diagnostics.ListCommandsAsync(call.Value(id), call.Cancellation), engine => engine.ListCommandsAsync(call.Value(id), call.Cancellation));
            call.Print(commands, output => CommandPage.Write(output, commands, call.Environment, "No command has ended yet."));
        }, id);
    }

    public static Argument<long> Session() => new("session") { Description = "Number of the session, as futago session list shows it." };

    private static void Write(TextWriter output, TargetStatistics statistics, string by, CliEnvironment environment)
    {
        output.WriteLine($"{statistics.Target}, counted since {Format.Time(statistics.Since, environment)}");
        var rows = by switch
        {
            "lun" => Merge(statistics, c => c.Lun),
            "initiator" => Merge(statistics, c => c.Initiator),
            "all" => statistics.Commands,
            _ => Merge(statistics, c => c.OperationCode),
        };
        var table = new Table(Heading(by), ">COUNT", ">FAILED", ">READ", ">WRITTEN", ">MEAN", ">MEDIAN", ">99 %", ">MAXIMUM");
        foreach (var row in rows)
            table.Add(
                Name(row, by), Values.Text(row.Count), Values.Text(row.Failed), Format.Size(row.BytesRead), Format.Size(row.BytesWritten),
                Format.Latency(row.MeanMicroseconds), Format.Latency(row.MedianMicroseconds), Format.Latency(row.P99Microseconds), Format.Latency(row.MaximumMicroseconds));
        table.Write(output, "No command has ended yet.");
        var sessions = new Table(">SESSION", "INITIATOR", ">OUTSTANDING", ">MOST", ">WINDOW", ">ABORTED");
        foreach (var session in statistics.Sessions)
            sessions.Add(
                Values.Text(session.SessionId), session.Initiator, Values.Text(session.Outstanding), Values.Text(session.MaximumOutstanding), Values.Text(session.Window), Values.Text(session.Aborted));
        sessions.Write(output, "No initiator is logged in.");
        if (statistics.History is [.., var last])
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Now: {last.ReadsPerSecond:0} reads/s, {last.WritesPerSecond:0} writes/s, {Format.Size((long)last.BytesReadPerSecond)}/s read, {Format.Size((long)last.BytesWrittenPerSecond)}/s written, queue depth {last.QueueDepth:0.#}"));
    }

    private static IReadOnlyList<CommandLoad> Merge<TKey>(TargetStatistics statistics, Func<CommandLoad, TKey> key) =>
        [.. statistics.Commands.GroupBy(key).Select(group => CommandLoad.Merge([.. group])).OrderByDescending(row => row.Count)];

    private static string Heading(string by) => by switch
    {
        "lun" => "LUN",
        "initiator" => "INITIATOR",
        "all" => "LUN, OPERATION, INITIATOR",
        _ => "OPERATION",
    };

    private static string Name(CommandLoad row, string by)
    {
        var lun = row.Lun < 0 ? "(no LUN)" : row.Lun.ToString(CultureInfo.InvariantCulture);
        var initiator = row.Initiator.Length == 0 ? "(others)" : row.Initiator;
        return by switch
        {
            "lun" => lun,
            "initiator" => initiator,
            "all" => $"{lun} {row.Operation} {initiator}",
            _ => row.Operation,
        };
    }
}
