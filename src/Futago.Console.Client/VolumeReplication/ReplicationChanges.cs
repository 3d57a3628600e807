using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Client.VolumeReplication;

/// <summary>Where each side changed the volume since both were last the same.</summary>
/// <param name="Peer">Null when the peer could not be asked.</param>
/// <param name="PeerProblem">Why not.</param>
public sealed record ReplicationChanges(ChangeMap Here, ChangeMap? Peer, Problem? PeerProblem)
{
    /// <summary>Parts of the volume that both sides changed; null while the peer's are not known.</summary>
    public int? OnBothSides => Peer is null ? null : Here.ChangedBytes.Zip(Peer.ChangedBytes).Count(part => part is { First: > 0, Second: > 0 });
}
