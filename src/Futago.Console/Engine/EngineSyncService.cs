using Futago.Console.Client.Events;
using Futago.Console.Postgres;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Management.DataReplication;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Failover;
using Futago.Management.Tasks;
using Futago.Management.VolumeReplication;

namespace Futago.Console.Engine;

/// <summary>
/// Keeps engine and database in step: pushes the configuration when the engine's revision differs, copies new journal entries,
/// and notes in the event log when the engine came and went. Woken when live status says that there is something to do, and every few seconds
/// in case one was missed.
/// </summary>
public sealed partial class EngineSyncService(
    LiveStatus live,
    ConfigurationPublisher publisher,
    EventCollector collector,
    ReplicationCollector replications,
    VerifyTaskKind verifies,
    TaskRuns runs,
    FailoverRoles roles,
    AuditLog audit,
    DatabaseStatus database,
    TimeProvider time,
    ILogger<EngineSyncService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private SyncTrigger? _lastTrigger;
    private bool? _reportedConnected;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        live.Changed += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await database.WaitUntilReadyAsync(stoppingToken);
                await SynchroniseAsync(stoppingToken);
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                var tick = Task.Delay(Interval, time, pause.Token);
                await Task.WhenAny(_wake.WaitAsync(pause.Token), tick);
                await pause.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            live.Changed -= Wake;
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    private async Task SynchroniseAsync(CancellationToken cancellation)
    {
        try
        {
            await ReportConnectionAsync();
            if (!live.Connected)
                return;
            if (publisher.IsBehind)
                await publisher.ReconcileAsync(cancellation);
            await collector.CollectAsync(live.Node?.LastEventNumber, cancellation);
            await replications.CollectAsync(cancellation);
            await verifies.CollectAsync(runs, cancellation);
            await roles.FollowAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (ProblemException e) when (e.Problem.Code is ProblemCodes.EngineUnreachable or ProblemCodes.DatabaseUnreachable)
        {
            // Either is being waited for elsewhere; the next round follows.
        }
        // A fault in one round must not end the service; the log has it, and the next round tries again.
        catch (Exception e)
        {
            LogFailed(logger, e);
        }
    }

    // Coming and going is written once it has lasted until a round, so that a restart of a second is one line or none.
    private async Task ReportConnectionAsync()
    {
        var connected = live.Connected;
        if (connected == _reportedConnected)
            return;
        var first = _reportedConnected is null;
        if (connected)
            await audit.ObserveAsync(EventSeverity.Info, ConsoleEventCodes.EngineConnected, null, "The engine is connected.");
        else if (!first)
            await audit.ObserveAsync(EventSeverity.Warning, ConsoleEventCodes.EngineLost, null, $"The engine is not connected: {live.Problem?.Detail}", ("reason", live.Problem?.Detail ?? ""));
        else
            return;
        _reportedConnected = connected;
    }

    private void Wake()
    {
        var trigger = SyncTrigger.Of(live);
        if (trigger == Interlocked.Exchange(ref _lastTrigger, trigger))
            return;
        try
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Woken already, or too late to matter.
        }
    }

    [LoggerMessage(2201, LogLevel.Error, "A round of keeping the engine in step failed; the next follows")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
