using Futago.Console.Client.Tasks;
using Futago.Management.Access;
using Futago.Management.Tasks;

namespace Futago.Management.VolumeReplication;

/// <summary>
/// When both sides of a volume replication are compared: a task of its own beside each volume replication task that has such a
/// schedule, so that slots, runs and the task log are those of every other task. Each node keeps its own.
/// </summary>
public sealed class VerifySchedules(TaskRegister register, TaskSlots slots, TaskViews views, TimeProvider time)
{
    private const string Suffix = " verify";

    /// <summary>As long as names of tasks may be.</summary>
    private const int NameLengthMax = 64;

    /// <returns>By the id of the volume replication task.</returns>
    public async Task<IReadOnlyDictionary<Guid, TaskView>> ListAsync(CancellationToken cancellation)
    {
        var tasks = await register.ListAsync(TaskKind.VolumeReplicationVerify, cancellation);
        var built = await views.BuildAsync(tasks, cancellation);
        return tasks.Zip(built).ToDictionary(t => VerifyTaskKind.Settings(t.First).Replication, t => t.Second);
    }

    /// <param name="schedule">Blank: no schedule any more.</param>
    /// <exception cref="Futago.Engine.Contracts.ProblemException">It cannot be read, or never comes.</exception>
    public async Task SetAsync(Actor actor, VolumeReplicationTask task, string schedule, CancellationToken cancellation)
    {
        var wanted = slots.CheckSchedule(schedule);
        var present = await FindAsync(task.Id, cancellation);
        if (wanted is null)
        {
            if (present is not null)
                await register.DeleteAsync(actor, present, present.Name, new { present.Schedule, task = task.Name }, cancellation);
            return;
        }
        if (present is not null)
        {
            var before = present.Schedule;
            await register.ChangeAsync(actor, present, t => t.Schedule = wanted, new { Schedule = before }, t => new { t.Schedule }, cancellation);
            return;
        }
        var name = await register.CheckNewNameAsync(NameOf(task.Name), "verifySchedule", cancellation);
        await register.AddAsync(actor, new ScheduledTask
        {
            Name = name,
            Kind = TaskKind.VolumeReplicationVerify,
            Schedule = wanted,
            Settings = VerifyTaskKind.Store(new VerifySettings(task.Id, task.Name)),
            CreatedAt = time.GetUtcNow(),
        }, new { Schedule = wanted, task = task.Name }, cancellation);
    }

    /// <summary>With the volume replication task goes its schedule.</summary>
    public async Task RemoveAsync(Actor actor, Guid replication, CancellationToken cancellation)
    {
        if (await FindAsync(replication, cancellation) is { } present)
            await register.DeleteAsync(actor, present, present.Name, new { present.Schedule }, cancellation);
    }

    // The reverse task of a long name is longer than the name of a task beside it may be.
    private static string NameOf(string task) => task[..Math.Min(task.Length, NameLengthMax - Suffix.Length)].TrimEnd() + Suffix;

    private async Task<ScheduledTask?> FindAsync(Guid replication, CancellationToken cancellation) =>
        (await register.ListAsync(TaskKind.VolumeReplicationVerify, cancellation)).FirstOrDefault(t => VerifyTaskKind.Settings(t).Replication == replication);
}
