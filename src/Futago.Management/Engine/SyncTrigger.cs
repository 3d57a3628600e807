using System.Globalization;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;

namespace Futago.Management.Engine;

/// <summary>
/// What of the live status calls for a round of keeping engine and database in step. How far a run is changes twice a
/// second and calls for nothing: a round asks engine and database for everything, and would take more time than all else beside a run.
/// </summary>
/// <param name="Replications">The role and the verify of each: what a round looks at. Their counters change with every write.</param>
/// <param name="EndedRuns">Those of data replication whose result waits to be stored.</param>
public sealed record SyncTrigger(bool Connected, NodeStatus? Node, string Replications, FailoverState? Failover, string EndedRuns)
{
    public static SyncTrigger Of(ILiveStatus live) => new(
        live.Connected, live.Node,
        string.Join(' ', live.Replications.Select(Calling)), live.Failover?.State,
        string.Join(' ', live.Runs.Where(r => r.Outcome is not null).Select(r => r.RunId).Order()));

    private static string Calling(ReplicationStatus status) =>
        string.Create(CultureInfo.InvariantCulture, $"{status.Id}:{status.Role}:{status.Verify?.StartedAt.UtcTicks}:{status.Verify?.FinishedAt?.UtcTicks}");
}
