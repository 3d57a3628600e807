namespace Futago.Replication;

/// <summary>Something happened to a replicated volume.</summary>
/// <param name="Kind">Such as <c>Established</c>, <c>ResyncStarted</c>, <c>Deposed</c>.</param>
/// <param name="Reason">Why the two nodes do not replicate, for <c>Refused</c>; otherwise <c>None</c>.</param>
/// <param name="Number">Blocks for a resync or verify, the term for a change of roles.</param>
public sealed record ReplicationNotice(string Kind, string Reason, long Number);
