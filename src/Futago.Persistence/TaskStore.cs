using System.Globalization;
using Futago.Console.Client.Tasks;
using Futago.Management.Tasks;
using Futago.Persistence.Configurations;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Futago.Persistence;

public sealed class TaskStore(Database database) : ITaskStore
{
    public Task<IReadOnlyList<ScheduledTask>> ListAsync(CancellationToken cancellation = default) =>
        database.RunAsync<IReadOnlyList<ScheduledTask>>(async context => await context.Tasks.AsNoTracking().OrderBy(t => t.Name).ToListAsync(cancellation), cancellation);

    public Task<ScheduledTask?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.RunAsync(context => context.Tasks.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellation), cancellation);

    public Task<ScheduledTask?> FindAsync(string name, CancellationToken cancellation = default) =>
        database.RunAsync(context => context.Tasks.AsNoTracking().SingleOrDefaultAsync(t => t.Name == name, cancellation), cancellation);

    public Task AddAsync(ScheduledTask task, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        context.Tasks.Add(task);
        await context.SaveChangesAsync(cancellation);
    }, cancellation);

    public Task<ScheduledTask?> ChangeAsync(Guid id, Action<ScheduledTask> change, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
        await context.Database.ExecuteSqlAsync($"SELECT 1 FROM tasks WHERE id = {id} FOR UPDATE", cancellation);
        var task = await context.Tasks.SingleOrDefaultAsync(t => t.Id == id, cancellation);
        if (task is null)
            return null;
        change(task);
        await context.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return task;
    }, cancellation);

    public Task DeleteAsync(Guid id, CancellationToken cancellation = default) =>
        database.RunAsync(context => context.Tasks.Where(t => t.Id == id).ExecuteDeleteAsync(cancellation), cancellation);

    public Task<bool> TakeSlotAsync(Guid id, DateTimeOffset slot, DateTimeOffset? next, CancellationToken cancellation = default) => database.RunAsync(async context =>
        await context.Tasks.Where(t => t.Id == id && t.NextSlot == slot).ExecuteUpdateAsync(s => s.SetProperty(t => t.NextSlot, next), cancellation) == 1, cancellation);

    public Task<bool> TryBeginAsync(TaskRun run, TaskLogEntry entry, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        context.TaskRuns.Add(run);
        context.TaskLog.Add(entry);
        try
        {
            await context.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: TaskRunConfiguration.RunningIndex })
        {
            return false;
        }
    }, cancellation);

    public Task<bool> TryFinishAsync(TaskRun run, TaskLogEntry entry, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
        var ended = await context.TaskRuns.Where(r => r.Id == run.Id && r.FinishedAt == null).ExecuteUpdateAsync(s => s
            .SetProperty(r => r.FinishedAt, run.FinishedAt!.Value.ToUniversalTime())
            .SetProperty(r => r.Status, run.Status)
            .SetProperty(r => r.Reason, run.Reason)
            .SetProperty(r => r.Detail, run.Detail)
            .SetProperty(r => r.RecoveryPoint, run.RecoveryPoint)
            .SetProperty(r => r.Result, run.Result)
            .SetProperty(r => r.Output, run.Output), cancellation);
        if (ended == 0)
            return false;
        context.TaskLog.Add(entry);
        await context.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }, cancellation);

    public Task LogAsync(TaskLogEntry entry, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        context.TaskLog.Add(entry);
        await context.SaveChangesAsync(cancellation);
    }, cancellation);

    public Task<IReadOnlyList<TaskRun>> ListRunningAsync(CancellationToken cancellation = default) => database.RunAsync<IReadOnlyList<TaskRun>>(async context =>
        await context.TaskRuns.AsNoTracking().Where(r => r.FinishedAt == null).OrderBy(r => r.StartedAt).ToListAsync(cancellation), cancellation);

    public Task<TaskRun?> FindRunAsync(Guid id, CancellationToken cancellation = default) =>
        database.RunAsync(context => context.TaskRuns.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellation), cancellation);

    public Task<IReadOnlyList<TaskRun>> ListRunsAsync(DateTimeOffset since, CancellationToken cancellation = default) =>
        database.RunAsync<IReadOnlyList<TaskRun>>(async context =>
        {
            var runs = context.TaskRuns.AsNoTracking();
            var wanted = runs.Where(r => r.StartedAt >= since
                || r.StartedAt == runs.Where(o => o.TaskId == r.TaskId).Max(o => o.StartedAt)
                || (r.RecoveryPoint != null && r.StartedAt == runs.Where(o => o.TaskId == r.TaskId && o.RecoveryPoint != null).Max(o => o.StartedAt)));
            return await WithoutOutput(wanted).ToListAsync(cancellation);
        }, cancellation);

    public Task<TaskRun?> FindLastGoodRunAsync(Guid task, CancellationToken cancellation = default) => database.RunAsync(context => WithoutOutput(
        context.TaskRuns.AsNoTracking().Where(r => r.TaskId == task && r.RecoveryPoint != null).OrderByDescending(r => r.StartedAt)).FirstOrDefaultAsync(cancellation), cancellation);

    public Task<IReadOnlyList<TaskLogEntry>> ListMissedAsync(DateTimeOffset since, CancellationToken cancellation = default) =>
        database.RunAsync<IReadOnlyList<TaskLogEntry>>(async context =>
            await context.TaskLog.AsNoTracking().Where(e => e.Action == TaskAction.Missed && e.Time >= since).ToListAsync(cancellation), cancellation);

    public Task<IReadOnlyList<TaskLogEntry>> ListLogAsync(TaskLogQuery query, CancellationToken cancellation = default) =>
        database.RunAsync<IReadOnlyList<TaskLogEntry>>(async context =>
        {
            var entries = context.TaskLog.AsNoTracking();
            if (!string.IsNullOrEmpty(query.Task))
                entries = entries.Where(e => e.Name == query.Task);
            if (query.Kind is { } kind)
                entries = entries.Where(e => e.Kind == kind);
            if (query.Status is { } status)
                entries = entries.Where(e => e.Status == status);
            if (query.Before is { } before)
                entries = entries.Where(e => e.Id < before);
            if (!string.IsNullOrWhiteSpace(query.Search))
            {
                var pattern = $"%{EscapePattern(query.Search.Trim())}%";
                entries = entries.Where(e => EF.Functions.ILike(e.Name, pattern, @"\") || EF.Functions.ILike(e.Text!, pattern, @"\"));
            }
            return await entries.OrderByDescending(e => e.Id).Take(query.Limit).ToListAsync(cancellation);
        }, cancellation);

    public Task TrimAsync(DateTimeOffset before, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        await context.TaskLog.Where(e => e.Time < before).ExecuteDeleteAsync(cancellation);
        await context.TaskRuns
            .Where(r => r.FinishedAt < before
                && !(r.RecoveryPoint != null && r.StartedAt == context.TaskRuns.Where(o => o.TaskId == r.TaskId && o.RecoveryPoint != null).Max(o => o.StartedAt)))
            .ExecuteDeleteAsync(cancellation);
    }, cancellation);

    /// <summary>It may be long.</summary>
    private static IQueryable<TaskRun> WithoutOutput(IQueryable<TaskRun> runs) => runs.Select(r => new TaskRun
    {
        Id = r.Id,
        TaskId = r.TaskId,
        TaskName = r.TaskName,
        Kind = r.Kind,
        Trigger = r.Trigger,
        User = r.User,
        StartedAt = r.StartedAt,
        FinishedAt = r.FinishedAt,
        Status = r.Status,
        Reason = r.Reason,
        Detail = r.Detail,
        RecoveryPoint = r.RecoveryPoint,
        Result = r.Result,
    });

    private static string EscapePattern(string text) => text
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", false, CultureInfo.InvariantCulture)
        .Replace("_", @"\_", false, CultureInfo.InvariantCulture);
}
