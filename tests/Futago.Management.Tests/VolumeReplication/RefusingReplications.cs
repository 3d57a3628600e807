using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>Answers everything with the same refusal.</summary>
internal sealed class RefusingReplications(ProblemException refusal) : IPeerReplications
{
    public Task<PeerDestinations> BrowseAsync(long sizeBytes, VolumeType type, CancellationToken cancellation) => throw refusal;

    public Task<ChangeMap> GetChangesAsync(Guid id, CancellationToken cancellation) => throw refusal;

    public Task<PeerReplicationAgreement> ProposeAsync(Guid id, PeerReplicationProposal proposal, CancellationToken cancellation) => throw refusal;

    public Task ChangeAsync(Guid id, PeerReplicationChange change, CancellationToken cancellation) => throw refusal;

    public Task SetRoleAsync(Guid id, PeerRoleRequest request, CancellationToken cancellation) => throw refusal;

    public Task DiscardAsync(Guid id, PeerDiscardRequest request, CancellationToken cancellation) => throw refusal;

    public Task DeleteAsync(Guid id, CancellationToken cancellation) => throw refusal;
}
