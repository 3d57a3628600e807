using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Management.Schedules;
using Microsoft.Extensions.Logging;

namespace Futago.Management.Tasks;

/// <summary>
/// Turns slots of schedules into runs. A slot that nobody was there for, or whose task was still running, is reported as missed and
/// not made up for.
/// </summary>
public sealed partial class TaskSlots(ITaskStore store, TaskRuns runs, ISlotTimer timer, TimeProvider time, ILogger<TaskSlots> logger)
{
    /// <summary>Later than this, a slot counts as missed.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The most that one line of the log counts.</summary>
    private const int MissedCountedMax = 1000;

    /// <summary>After the start of the console: every task has the appointment that its schedule says.</summary>
    public async Task ArmAllAsync(CancellationToken cancellation = default)
    {
        var tasks = await store.ListAsync(cancellation);
        foreach (var task in tasks.Where(t => t.NextSlot is not null))
            await timer.SetAsync(task.Id, task.NextSlot, cancellation);
    }

    /// <summary>The slot that a task waits for after a change.</summary>
    public DateTimeOffset? NextSlotOf(ScheduledTask task) =>
        task is { Enabled: true, Schedule: { } schedule } ? ScheduleText.Parse(schedule).NextAfter(time.GetUtcNow(), time.LocalTimeZone)?.ToUniversalTime() : null;

    /// <summary>A schedule in its canonical spelling; null for none.</summary>
    /// <exception cref="ProblemException">It cannot be read, or its only time has passed: it would never run.</exception>
    public string? CheckSchedule(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var schedule = ScheduleText.Parse(text);
        return schedule.NextAfter(time.GetUtcNow(), time.LocalTimeZone) is null
            ? throw ProblemException.Invalid(ProblemCodes.SchedulePast, "That time has passed; name one in the future.", "schedule")
            : schedule.ToString();
    }

    /// <summary>The task's appointment has come, on time or not.</summary>
    public async Task OnSlotAsync(Guid id, CancellationToken cancellation = default)
    {
        if (await store.FindAsync(id, cancellation) is not { } task)
        {
            await timer.SetAsync(id, null, cancellation);
            return;
        }
        var now = time.GetUtcNow();
        // An appointment of an earlier schedule, or one that came before its time: the right one is set again.
        if (task.NextSlot is not { } slot || slot > now)
        {
            await timer.SetAsync(id, task.NextSlot, cancellation);
            return;
        }
        var next = NextSlotOf(task);
        if (!await store.TakeSlotAsync(id, slot, next, cancellation))
            return;
        await timer.SetAsync(id, next, cancellation);
        if (now - slot > Tolerance)
        {
            var missed = ScheduleText.Parse(task.Schedule!).Next(slot, time.LocalTimeZone, MissedCountedMax).TakeWhile(s => s <= now).Count() + 1;
            await MissAsync(task, slot, "console-away", missed == 1
                ? "The console was not running at that time."
                : $"The console was not running at that time; {missed} slots passed until {now:yyyy-MM-dd HH:mm} UTC.", cancellation);
            return;
        }
        try
        {
            await runs.BeginAsync(task, RunTrigger.Schedule, null, cancellation);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.TaskRunning)
        {
            await MissAsync(task, slot, "still-running", "The run before was still going on.", cancellation);
        }
        catch (ProblemException e)
        {
            // The log has it already.
            LogNotStarted(logger, task.Name, e.Message);
        }
    }

    private Task MissAsync(ScheduledTask task, DateTimeOffset slot, string reason, string text, CancellationToken cancellation) => store.LogAsync(new TaskLogEntry
    {
        Time = slot.ToUniversalTime(),
        TaskId = task.Id,
        Name = task.Name,
        Kind = task.Kind,
        Status = RunStatus.Warning,
        Action = TaskAction.Missed,
        Reason = reason,
        Text = text,
    }, cancellation);

    [LoggerMessage(1501, LogLevel.Warning, "The task {Task} could not run at its time: {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string task, string reason);
}
