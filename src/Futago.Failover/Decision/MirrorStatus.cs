namespace Futago.Failover;

/// <summary>What the mirror says about all replicated volumes together.</summary>
/// <param name="Link">The worst of them.</param>
/// <param name="Data">The worst of them, on this node.</param>
/// <param name="SplitBrain">Both sides have data that the other lacks; a person has to choose.</param>
/// <param name="Term">The highest that any of them has heard of: a new term has to be above it.</param>
public sealed record MirrorStatus(MirrorLink Link, DataState Data, bool SplitBrain = false, ulong Term = 0);
