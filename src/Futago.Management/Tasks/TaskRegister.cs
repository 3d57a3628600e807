using Futago.Console.Client.Events;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Events;

namespace Futago.Management.Tasks;

/// <summary>
/// What every kind of task has in common when people make, change and delete tasks: names are unique among all kinds, the timer
/// follows the schedule, and each change is in the audit log.
/// </summary>
public sealed class TaskRegister(ITaskStore store, TaskSlots slots, ISlotTimer timer, AuditLog audit, IEventStore events)
{
    public async Task<IReadOnlyList<ScheduledTask>> ListAsync(TaskKind kind, CancellationToken cancellation) =>
        [.. (await store.ListAsync(cancellation)).Where(t => t.Kind == kind)];

    /// <exception cref="ProblemException">There is no task of this kind and name.</exception>
    public async Task<ScheduledTask> FindAsync(TaskKind kind, string name, CancellationToken cancellation) =>
        await store.FindAsync(name, cancellation) is { } task && task.Kind == kind ? task : throw NotFound(kind, name);

    /// <exception cref="ProblemException">The name is not one, or another task has it.</exception>
    /// <returns>The name, without spaces around it.</returns>
    public async Task<string> CheckNewNameAsync(string? name, string field, CancellationToken cancellation)
    {
        var trimmed = TaskName.Check(name, field);
        return await store.FindAsync(trimmed, cancellation) is null
            ? trimmed
            : throw ProblemException.Conflict(ProblemCodes.NameTaken, $"There is a task {trimmed} already.", field, ("name", trimmed));
    }

    /// <summary>The name after a change: the present one when <paramref name="newName"/> is null or the same.</summary>
    /// <inheritdoc cref="CheckNewNameAsync" path="/exception"/>
    public async Task<string> CheckRenameAsync(ScheduledTask task, string? newName, CancellationToken cancellation) =>
        newName is null || TaskName.Check(newName, "newName") == task.Name ? task.Name : await CheckNewNameAsync(newName, "newName", cancellation);

    /// <param name="described">For the audit log, without secrets.</param>
    public async Task AddAsync(Actor actor, ScheduledTask task, object described, CancellationToken cancellation)
    {
        task.NextSlot = slots.NextSlotOf(task);
        await store.AddAsync(task, cancellation);
        await RecordAsync(actor, ConsoleEventCodes.TaskCreated, task, "created", null, described);
    }

    /// <param name="before">For the audit log, without secrets; likewise <paramref name="after"/>.</param>
    /// <returns>The task as it is now.</returns>
    /// <exception cref="ProblemException">It has been deleted meanwhile.</exception>
    public async Task<ScheduledTask> ChangeAsync(
        Actor actor, ScheduledTask task, Action<ScheduledTask> change, object before, Func<ScheduledTask, object> after, CancellationToken cancellation)
    {
        var changed = await store.ChangeAsync(task.Id, t =>
        {
            change(t);
            t.NextSlot = slots.NextSlotOf(t);
        }, cancellation) ?? throw NotFound(task.Kind, task.Name);
        await RecordAsync(actor, ConsoleEventCodes.TaskChanged, changed, "changed", before, after(changed));
        return changed;
    }

    /// <param name="confirm">The task's name.</param>
    /// <param name="described">For the audit log, without secrets.</param>
    /// <exception cref="ProblemException">Not confirmed.</exception>
    public async Task DeleteAsync(Actor actor, ScheduledTask task, string? confirm, object described, CancellationToken cancellation)
    {
        CheckConfirmed(task, confirm);
        await store.DeleteAsync(task.Id, cancellation);
        task.NextSlot = null;
        await RecordAsync(actor, ConsoleEventCodes.TaskDeleted, task, "deleted", described, null);
    }

    /// <exception cref="ProblemException">Not confirmed.</exception>
    public static void CheckConfirmed(ScheduledTask task, string? confirm)
    {
        if (!string.Equals(confirm?.Trim(), task.Name, StringComparison.Ordinal))
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"Type the name {task.Name} to confirm.", "confirm", ("name", task.Name));
    }

    // Not the caller's token: what was done is written down, and the timer follows, also when the caller has gone away meanwhile.
    private async Task RecordAsync(Actor actor, string code, ScheduledTask task, string done, object? before, object? after)
    {
        await events.AppendAsync(
            audit.Entry(actor, code, task.Name, $"The {NounOf(task.Kind)} {task.Name} was {done}.", before, after, ("task", task.Name)), CancellationToken.None);
        await timer.SetAsync(task.Id, task.NextSlot, CancellationToken.None);
    }

    private static ProblemException NotFound(TaskKind kind, string name) =>
        ProblemException.NotFound(ProblemCodes.TaskNotFound, $"There is no {NounOf(kind)} {name}.", ("task", name));

    private static string NounOf(TaskKind kind) => kind switch
    {
        TaskKind.Snapshot => "snapshot schedule",
        TaskKind.VolumeReplicationVerify => "verify schedule",
        _ => "data replication task",
    };
}
