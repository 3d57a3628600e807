using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Snapshots;

namespace Futago.Cli.Commands;

/// <summary><c>snapshot schedule</c>: what takes snapshots by itself, and which of them stay.</summary>
internal static class SnapshotScheduleCommands
{
    public static Command Create() => new("schedule", "Snapshot schedules: snapshots that are taken by themselves, and which of them stay.")
    {
        List(),
        Show(),
        CreateSchedule(),
        Set(),
        Preview(),
        Delete(),
        Start(),
    };

    private static Argument<string> Name() => Values.Required("schedule", "Name of the snapshot schedule.");

    private static Verb List() => new("list", "Lists the snapshot schedules.", async call =>
    {
        var schedules = await call.Console.SnapshotSchedules.ListAsync(call.Cancellation);
        call.Print(schedules, output =>
        {
            var table = new Table("NAME", "VOLUME", "SCHEDULE", "NEXT RUN", "STATUS", ">SNAPSHOTS", "KEEPS");
            foreach (var (task, settings, count) in schedules)
            {
                table.Add(
                    task.Name, settings.Volume, TaskCommands.Schedule(task), task.NextRun is { } next ? Format.Time(next, call.Environment) : null,
                    TaskCommands.State(task.LastRun), Values.Text(count), RetentionOptions.Words(settings.Retention));
            }
            table.Write(output, "There are no snapshot schedules.");
        });
    });

    private static Verb Show()
    {
        var name = Name();
        return new Verb("show", "Shows one snapshot schedule.", async call =>
        {
            var view = await call.Console.SnapshotSchedules.GetAsync(call.Value(name), call.Cancellation);
            call.Print(view, output => Print(output, view, call));
        }, name);
    }

    private static Verb CreateSchedule()
    {
        var name = Name();
        var volume = Values.Text("--volume", "GROUP/NAME", "The volume to take snapshots of.", required: true);
        var schedule = Values.Text("--schedule", "TEXT", "Such as “every 1h” or “Mon-Fri 18:00”; futago task preview tries one. Without it: by hand only.");
        var enabled = Values.Switch("--enabled", "Whether the schedule counts.");
        var rules = new RetentionOptions();
        return new Verb("create", "Makes a snapshot schedule of a volume.", async call =>
        {
            if (!rules.Given(call))
                throw new UsageException("Say what to keep, for example --keep-hourly 24 --keep-daily 7: the last snapshot of each of 24 hours and of 7 days.");
            Values.VolumePath(call.Value(volume)!);
            var view = await call.Console.SnapshotSchedules.CreateAsync(new CreateSnapshotSchedule(
                call.Value(name), call.Value(volume)!, call.Value(schedule), rules.Over(call, new RetentionRules()), call.Value(enabled) ?? true), call.Cancellation);
            call.Print(view, output =>
            {
                output.WriteLine($"Created the snapshot schedule {view.Task.Name}.");
                Print(output, view, call);
            });
        }, [name, volume, schedule, enabled, .. rules.All]);
    }

    private static Verb Set()
    {
        var name = Name();
        var newName = Values.Text("--new-name", "NAME", "Renames the schedule.");
        var schedule = Values.Text("--schedule", "TEXT", "Such as “every 1h” or “Mon-Fri 18:00”. An empty text: by hand only.");
        var enabled = Values.Switch("--enabled", "Whether the schedule counts.");
        var rules = new RetentionOptions();
        var yes = Values.Yes();
        return new Verb("set", "Changes a snapshot schedule. Rules that keep less list the snapshots that they would delete, and want a yes.", async call =>
        {
            var schedules = call.Console.SnapshotSchedules;
            var before = await schedules.GetAsync(call.Value(name), call.Cancellation);
            var retention = rules.Given(call) ? rules.Over(call, before.Settings.Retention) : null;
            string? confirm = null;
            if (retention is not null && retention != before.Settings.Retention
                && await schedules.PreviewAsync(before.Task.Name, retention, call.Cancellation) is { Deleted: { Count: > 0 } doomed })
            {
                await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting snapshots ({doomed.Count}) at the next run", before.Task.Name, () =>
                    Task.FromResult<IReadOnlyList<string>>([.. doomed.Select(s => $"{s.Path}, taken {Format.Time(s.CreatedAt, call.Environment)}")]));
                confirm = before.Task.Name;
            }
            var view = await schedules.UpdateAsync(before.Task.Name, new UpdateSnapshotSchedule(
                call.Value(newName), call.Value(schedule), call.Value(enabled), retention, confirm), call.Cancellation);
            call.Print(view, output =>
            {
                output.WriteLine($"Changed the snapshot schedule {view.Task.Name}.");
                Print(output, view, call);
            });
        }, [name, newName, schedule, enabled, .. rules.All, yes]);
    }

    private static Verb Preview()
    {
        var name = Name();
        var rules = new RetentionOptions();
        return new Verb("preview", "Lists the snapshots that the next run would delete with other rules. Changes nothing.", async call =>
        {
            var before = await call.Console.SnapshotSchedules.GetAsync(call.Value(name), call.Cancellation);
            var preview = await call.Console.SnapshotSchedules.PreviewAsync(before.Task.Name, rules.Over(call, before.Settings.Retention), call.Cancellation);
            call.Print(preview, output =>
            {
                var table = new Table("DELETED", "TAKEN", ">USED");
                foreach (var snapshot in preview.Deleted)
                    table.Add(snapshot.Path, Format.Time(snapshot.CreatedAt, call.Environment), snapshot.UsedBytes is { } used ? Format.Size(used) : null);
                table.Write(output, "These rules delete nothing now.");
                output.WriteLine($"Kept: {preview.Kept}{(preview.Exempt.Count == 0 ? "" : $"; kept by no rule, but protected or in use: {preview.Exempt.Count}")}.");
            });
        }, [name, .. rules.All]);
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Values.Yes();
        return new Verb("delete", "Deletes a snapshot schedule; the snapshots that it took stay.", async call =>
        {
            var schedule = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the snapshot schedule {schedule}", schedule);
            await call.Console.SnapshotSchedules.DeleteAsync(schedule, schedule, call.Cancellation);
            call.Done($"Deleted the snapshot schedule {schedule}; its snapshots stay.");
        }, name, yes);
    }

    private static Verb Start()
    {
        var name = Name();
        return new Verb("start", "Takes a snapshot now and deletes what no rule keeps.", async call =>
        {
            var run = await call.Console.SnapshotSchedules.StartAsync(call.Value(name), call.Cancellation);
            call.Print(run, output => RunPage.Write(output, run, call, withOutput: true));
        }, name);
    }

    private static void Print(TextWriter output, SnapshotScheduleView view, Invocation call)
    {
        var (task, settings, count) = view;
        output.WriteLine($"{task.Name}: snapshots of {settings.Volume}");
        output.WriteLine($"Schedule:   {TaskCommands.Schedule(task)}");
        output.WriteLine($"Keeps:      {RetentionOptions.Words(settings.Retention)}");
        output.WriteLine($"Snapshots:  {Values.Text(count)}");
        if (task.NextRun is { } next)
            output.WriteLine($"Next run:   {Format.Time(next, call.Environment)}");
        output.WriteLine($"Last run:   {TaskCommands.State(task.LastRun)}{(task.LastRun?.Detail is { } detail ? $", {detail}" : "")}");
    }
}
