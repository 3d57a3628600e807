namespace Futago.Console.Client.Failover;

/// <summary>
/// The failover of this node's pair; there is at most one. It is one definition on both nodes: changes are agreed with the peer
/// first, and refused when it is away. Commands answer when they are done on both nodes.
/// </summary>
public interface IFailover
{
    Task<FailoverView> GetAsync(CancellationToken cancellation = default);

    /// <summary>NICs of both nodes and the tasks that can take part.</summary>
    Task<FailoverOffer> OfferAsync(CancellationToken cancellation = default);

    /// <summary>Looks at both nodes whether the failover manager can be started.</summary>
    /// <param name="draft">As if it had been changed like this; null: as it is.</param>
    Task<FailoverChecks> CheckAsync(FailoverChange? draft = null, CancellationToken cancellation = default);

    /// <summary>What creating or changing it like this would make. Refused like the request itself; nothing is changed.</summary>
    Task<FailoverPlan> PlanAsync(FailoverChange request, CancellationToken cancellation = default);

    /// <summary>How far the set-up is that makes volumes now, or that did so last; no steps when there was none since the console started.</summary>
    Task<FailoverPlan> GetProgressAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Makes the failover on both nodes, with the targets that the peer lacks. Asked again after it was cut off, it goes on.
    /// </summary>
    /// <exception cref="Engine.Contracts.ProblemException"><c>failover.exists</c>: there is one; change it.</exception>
    Task<FailoverView> CreateAsync(FailoverChange request, CancellationToken cancellation = default);

    /// <summary>Changes it on both nodes while the failover manager is stopped; makes it when there is none.</summary>
    Task<FailoverView> UpdateAsync(FailoverChange request, CancellationToken cancellation = default);

    /// <summary>This node's targets replace those of the same names on the peer.</summary>
    Task<FailoverView> CopyTargetsAsync(CancellationToken cancellation = default);

    /// <summary>Deletes it on both nodes, while the failover manager is stopped; targets and volumes stay.</summary>
    Task DeleteAsync(DeleteFailover request, CancellationToken cancellation = default);

    /// <summary>Starts the failover manager on both nodes; refused, with the sentence of the check, while an error stands.</summary>
    Task<FailoverView> StartAsync(CancellationToken cancellation = default);

    Task<FailoverView> StopAsync(CancellationToken cancellation = default);

    /// <summary>Manual failover: the other node becomes active. On either node.</summary>
    Task<FailoverView> SwitchAsync(CancellationToken cancellation = default);

    /// <summary>The configured primary becomes active again. On either node.</summary>
    Task<FailoverView> FailBackAsync(CancellationToken cancellation = default);

    /// <summary>Begins to bring the passive node's volumes in sync; its end is in the status. On either node.</summary>
    Task<FailoverView> SyncAsync(CancellationToken cancellation = default);

    Task<FailoverView> SetMaintenanceAsync(FailoverMaintenance request, CancellationToken cancellation = default);

    /// <summary>A person's word that the peer does not serve: this node does.</summary>
    Task<FailoverView> ServeAnywayAsync(ServeAnyway request, CancellationToken cancellation = default);
}
