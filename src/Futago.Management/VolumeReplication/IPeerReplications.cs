using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Management.VolumeReplication;

/// <summary>
/// Volume replication on the console of the peer. Every request can be repeated: what was done already is answered as if it had been
/// done just now. Problems are those of the peer, and <c>pair.unreachable</c>.
/// </summary>
public interface IPeerReplications
{
    Task<PeerDestinations> BrowseAsync(long sizeBytes, VolumeType type, CancellationToken cancellation);

    /// <summary>Where the peer changed its side.</summary>
    Task<ChangeMap> GetChangesAsync(Guid id, CancellationToken cancellation);

    Task<PeerReplicationAgreement> ProposeAsync(Guid id, PeerReplicationProposal proposal, CancellationToken cancellation);

    Task ChangeAsync(Guid id, PeerReplicationChange change, CancellationToken cancellation);

    Task SetRoleAsync(Guid id, PeerRoleRequest request, CancellationToken cancellation);

    Task DiscardAsync(Guid id, PeerDiscardRequest request, CancellationToken cancellation);

    Task DeleteAsync(Guid id, CancellationToken cancellation);
}
