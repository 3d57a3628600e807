using Futago.Management.Engine;

namespace Futago.Console.Engine;

/// <summary>Runs <see cref="EngineLink"/> for the life of the console.</summary>
public sealed class EngineLinkService(EngineLink link) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => link.RunAsync(stoppingToken);
}
