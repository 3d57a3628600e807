using Futago.Console.Postgres;
using Futago.Management.Tasks;
using Quartz;

namespace Futago.Console.Tasks;

/// <summary>Starts the scheduler when the database is there, gives every task its appointment, and keeps the task log bounded.</summary>
public sealed partial class TaskSchedulingService(
    ISchedulerFactory factory, TaskSlots slots, TaskRuns runs, ITaskStore store, DatabaseStatus database, TimeProvider time, ILogger<TaskSchedulingService> logger) : BackgroundService
{
    /// <summary>More than a year, so that a yearly task can be compared with its run before.</summary>
    private static readonly TimeSpan LogKept = TimeSpan.FromDays(400);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await database.WaitUntilReadyAsync(stoppingToken);
                if (await TryStartAsync(stoppingToken))
                    break;
                await Task.Delay(RetryInterval, time, stoppingToken);
            }
            while (!await TryRecoverAsync(stoppingToken))
                await Task.Delay(RetryInterval, time, stoppingToken);
            using var timer = new PeriodicTimer(TrimInterval, time);
            do
                await TrimAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            var scheduler = await factory.GetScheduler(CancellationToken.None);
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    private async Task<bool> TryStartAsync(CancellationToken stopping)
    {
        try
        {
            var scheduler = await factory.GetScheduler(stopping);
            await slots.ArmAllAsync(stopping);
            await scheduler.Start(stopping);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotStarted(logger, e);
            return false;
        }
    }

    /// <summary>Needs the engine, which may come later than the database; until then such tasks count as running.</summary>
    private async Task<bool> TryRecoverAsync(CancellationToken stopping)
    {
        try
        {
            await runs.RecoverAsync(stopping);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotRecovered(logger, e);
            return false;
        }
    }

    private async Task TrimAsync(CancellationToken stopping)
    {
        try
        {
            await store.TrimAsync(time.GetUtcNow() - LogKept, stopping);
        }
        // The next hour tries again.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotTrimmed(logger, e);
        }
    }

    [LoggerMessage(2401, LogLevel.Error, "The scheduler of tasks could not start; it is tried again")]
    private static partial void LogNotStarted(ILogger logger, Exception exception);

    [LoggerMessage(2403, LogLevel.Warning, "Runs that the console before this one began could not be looked into; it is tried again")]
    private static partial void LogNotRecovered(ILogger logger, Exception exception);

    [LoggerMessage(2402, LogLevel.Warning, "Old lines of the task log could not be deleted")]
    private static partial void LogNotTrimmed(ILogger logger, Exception exception);
}
