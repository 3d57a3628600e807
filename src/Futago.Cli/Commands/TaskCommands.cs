using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Tasks;

namespace Futago.Cli.Commands;

/// <summary>Tasks of every kind: what runs, what ran, what is due.</summary>
internal static class TaskCommands
{
    public static Command Create() => new("task", "Tasks: what runs now, what ran, and when the next run is due.")
    {
        List(),
        Running(),
        Log(),
        Show(),
        Stop(),
        Preview(),
    };

    private static Verb List() => new("list", "Lists the tasks with their schedules and last runs.", async call =>
    {
        var tasks = await call.Console.Tasks.ListAsync(call.Cancellation);
        call.Print(tasks, output =>
        {
            var table = new Table("NAME", "TYPE", "SCHEDULE", "NEXT RUN", "LAST RUN", "STATUS", "DATA AS OF");
            foreach (var task in tasks)
            {
                table.Add(
                    task.Name, Kind(task.Kind), Schedule(task),
                    Optional(call, task.NextRun), Optional(call, task.LastRun?.StartedAt), State(task.LastRun), Optional(call, task.RecoveryPoint));
            }
            table.Write(output, "There are no tasks.");
        });
    });

    private static Verb Running() => new("running", "Lists the runs that are going on.", async call =>
    {
        var runs = await call.Console.Tasks.ListRunningAsync(call.Cancellation);
        call.Print(runs, output =>
        {
            var table = new Table("RUN", "NAME", "SINCE", "PHASE", ">DONE", ">COPIED", ">RATE", ">LEFT");
            foreach (var run in runs)
            {
                var progress = run.Progress;
                table.Add(
                    run.Id.ToString(), run.TaskName, Format.Time(run.StartedAt, call.Environment), progress?.Phase, progress?.Percent is { } percent ? $"{percent} %" : null,
                    progress is null ? null : Format.Size(progress.Bytes), progress is null ? null : $"{Format.Size(progress.BytesPerSecond)}/s",
                    progress?.SecondsLeft is { } left ? TimeSpan.FromSeconds(left).ToString() : null);
            }
            table.Write(output, "Nothing is running.");
            foreach (var run in runs.Where(r => r.Progress?.Detail is not null))
                output.WriteLine($"{run.TaskName}: attempt {run.Progress!.Attempt} failed: {run.Progress.Detail} The next attempt follows by itself.");
        });
    });

    private static Verb Log()
    {
        var task = Values.Text("--task", "NAME", "Only lines of this task.");
        var status = Values.Choice("--status", "Only lines with this status.", "ok", "warning", "error");
        var search = Values.Text("--search", "TEXT", "Only lines that hold this text.");
        var before = new Option<long?>("--before") { HelpName = "ID", Description = "Only lines older than this one: the next page." };
        var limit = Values.Number("--limit", "NUMBER", "How many, 1 to 500; 100 unless given.");
        var csv = Values.Flag("--csv", "Write up to 10,000 lines as CSV instead.");
        return new Verb("log", "Shows the task log; the newest is the last line.", async call =>
        {
            var query = new TaskLogQuery(
                call.Value(task), null, call.Value(status) is { } word ? Values.Enumerated<RunStatus>(word) : null, call.Value(search), call.Value(before), call.Value(limit) ?? 100);
            if (call.Value(csv))
            {
                await call.Environment.Output.WriteAsync(await call.Console.Tasks.ExportLogAsync(query, call.Cancellation));
                return;
            }
            var lines = await call.Console.Tasks.ListLogAsync(query, call.Cancellation);
            call.Print(lines, output =>
            {
                var table = new Table("TIME", "NAME", "TYPE", "STATUS", "ACTION", "DETAILS");
                foreach (var line in lines.Reverse())
                    table.Add(Format.Time(line.Time, call.Environment), line.Name, Kind(line.Kind), Status(line.Status), Format.Word(line.Action), line.Text);
                table.Write(output, "The task log has no such lines.");
            });
        }, task, status, search, before, limit, csv);
    }

    private static Verb Show()
    {
        var run = new Argument<Guid>("run") { Description = "Identifier of the run, as futago task log --json shows it." };
        var printed = Values.Flag("--output", "Also what the program printed.");
        return new Verb("show", "Shows one run with its figures and first errors.", async call =>
        {
            var view = await call.Console.Tasks.GetRunAsync(call.Value(run), call.Cancellation);
            call.Print(view, output => RunPage.Write(output, view, call, call.Value(printed)));
        }, run, printed);
    }

    private static Verb Stop()
    {
        var run = new Argument<Guid>("run") { Description = "Identifier of the run, as futago task running shows it." };
        return new Verb("stop", "Stops a run; what was copied stays, and the next run goes on from there.", async call =>
        {
            await call.Console.Tasks.StopRunAsync(call.Value(run), call.Cancellation);
            call.Done($"The run {call.Value(run)} is stopping.");
        }, run);
    }

    private static Verb Preview()
    {
        var schedule = Values.Required("schedule", "Such as “Mon-Fri 18:00”, “every 15min 08:00-20:00”, “day 1,last 03:00” or “once 2026-12-01 18:00”.");
        return new Verb("preview", "Says when a schedule would run next.", async call =>
        {
            var preview = await call.Console.Tasks.PreviewScheduleAsync(call.Value(schedule), call.Cancellation);
            call.Print(preview, output =>
            {
                output.WriteLine($"{preview.Schedule} ({preview.TimeZone})");
                foreach (var next in preview.NextRuns)
                    output.WriteLine(next.ToString("yyyy-MM-dd HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));
            });
        }, schedule);
    }

    internal static string Kind(TaskKind kind) => kind switch
    {
        TaskKind.DataReplication => "data replication",
        TaskKind.Snapshot => "snapshot",
        _ => "verify",
    };

    internal static string Schedule(TaskView task) => task.Schedule is null ? "by hand" : task.Enabled ? task.Schedule : $"{task.Schedule} (disabled)";

    internal static string Status(RunStatus status) => status == RunStatus.Ok ? "OK" : Format.Word(status);

    internal static string State(RunView? run) => run is null ? "never ran" : run.Status is { } status ? Status(status) : "running";

    private static string? Optional(Invocation call, DateTimeOffset? time) => time is { } known ? Format.Time(known, call.Environment) : null;
}
