using Futago.Console.Postgres;
using Futago.Management.Pairing;

namespace Futago.Console.Pairing;

/// <summary>Runs <see cref="PeerMonitor"/> once the database is there.</summary>
public sealed class PeerMonitorService(PeerMonitor monitor, DatabaseStatus database) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WaitUntilReadyAsync(stoppingToken);
        await monitor.RunAsync(stoppingToken);
    }
}
