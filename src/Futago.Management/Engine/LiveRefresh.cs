using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Node;

namespace Futago.Management.Engine;

/// <summary>
/// After a change, brings the live status up to date before the use case returns, so that the page which opens next finds what
/// was just made instead of saying that there is no such thing until the engine's next update.
/// </summary>
public sealed class LiveRefresh(EngineClient engine, LiveStatus live, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Units, groups, volumes and snapshots.</summary>
    public Task StorageAsync(CancellationToken cancellation) => RefreshAsync(async token => new StatusUpdate(
        Units: await engine.ListUnitsAsync(token),
        Groups: await engine.ListGroupsAsync(token),
        Volumes: await engine.ListVolumesAsync(token),
        Snapshots: await engine.ListSnapshotsAsync(token)), cancellation);

    public Task SharesAsync(CancellationToken cancellation) =>
        RefreshAsync(async token => new StatusUpdate(Shares: await engine.ListSharesAsync(token)), cancellation);

    /// <summary>Targets and the revision of the configuration that the engine applied.</summary>
    public Task TargetsAsync(CancellationToken cancellation) => RefreshAsync(async token => new StatusUpdate(
        Node: await engine.GetNodeAsync(token),
        Targets: await engine.ListTargetsAsync(token)), cancellation);

    /// <summary>The failover with all that moves with it: a page must not show the new active node beside the old source.</summary>
    public Task FailoverAsync(CancellationToken cancellation) => RefreshAsync(async token =>
    {
        try
        {
            return new StatusUpdate(
                Failover: new FailoverSection(await engine.GetFailoverAsync(token)),
                Replications: await engine.ListReplicationsAsync(token),
                Nics: await engine.ListNicsAsync(token));
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.FailoverNotConfigured)
        {
            return new StatusUpdate(Failover: new FailoverSection(null));
        }
    }, cancellation);

    private async Task RefreshAsync(Func<CancellationToken, Task<StatusUpdate>> ask, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            while (true)
            {
                var seen = live.Current;
                if (live.TryRefresh(seen, await ask(both.Token)))
                    return;
            }
        }
        catch (Exception e) when (e is ProblemException or OperationCanceledException)
        {
            // The change itself is done; the engine's next update will show it.
        }
    }
}
