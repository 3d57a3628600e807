using Futago.Volumes;

namespace Futago.Engine.Hosting;

/// <summary>Looks every few seconds whether units came or went.</summary>
internal sealed partial class UnitMonitor(VolumeCatalogue catalogue, TimeProvider time, ILogger<UnitMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
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
            await catalogue.CheckUnitsAsync();
        }
        catch (Exception e)
        {
            // Devices fail in many ways while they go; the next look is in three seconds.
            LogCheckFailed(logger, e);
        }
    }

    [LoggerMessage(2201, LogLevel.Warning, "Looking at the units failed")]
    private static partial void LogCheckFailed(ILogger logger, Exception exception);
}
