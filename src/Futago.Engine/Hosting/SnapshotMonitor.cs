using Futago.Volumes;

namespace Futago.Engine.Hosting;

/// <summary>Looks twice a second whether snapshots take more than they may.</summary>
internal sealed partial class SnapshotMonitor(VolumeCatalogue catalogue, TimeProvider time, ILogger<SnapshotMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host waits for the first step of a service before it starts the next.
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await CheckAsync();
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    private async Task CheckAsync()
    {
        try
        {
            await catalogue.CheckSnapshotSpaceAsync();
        }
        catch (Exception e)
        {
            // A unit that goes away fails in many ways; the next look is at once.
            LogCheckFailed(logger, e);
        }
    }

    [LoggerMessage(2202, LogLevel.Warning, "Looking at the space of snapshots failed")]
    private static partial void LogCheckFailed(ILogger logger, Exception exception);
}
