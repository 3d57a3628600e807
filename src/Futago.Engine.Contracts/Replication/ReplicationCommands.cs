namespace Futago.Engine.Contracts.Replication;

/// <summary>
/// Marks the volume as one without replicated data: the next connection copies everything from the peer over it. Refused while
/// it is source, or the only one that is up to date and reachable.
/// </summary>
/// <param name="Confirm">Name of the task, typed again.</param>
public sealed record ClearReplicationMetadataRequest(string Confirm);

/// <summary>Gives up this node's side of a split brain. Its data is kept as a snapshot first; without one nothing is changed.</summary>
/// <param name="Confirm">Name of the task, typed again.</param>
public sealed record DiscardMySideRequest(string Confirm);

/// <summary>Copies the blocks that the last verify found different from this node (the source) to the peer.</summary>
public sealed record HealRequest(string Confirm);

/// <summary>Becomes source although that may lose data or part the two sides for good.</summary>
/// <param name="Confirm">Name of the task, typed again.</param>
public sealed record ForceSourceRequest(string Confirm);
