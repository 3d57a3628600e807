using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>Everything that changes something is done, and its answer is lost on the way.</summary>
internal sealed class ForgetfulReplications(IPeerReplications inner) : IPeerReplications
{
    private static ProblemException Lost => new(new Problem(ProblemCodes.PairUnreachable, "The connection was lost."), 503);

    public Task<PeerDestinations> BrowseAsync(long sizeBytes, VolumeType type, CancellationToken cancellation) => inner.BrowseAsync(sizeBytes, type, cancellation);

    public Task<ChangeMap> GetChangesAsync(Guid id, CancellationToken cancellation) => inner.GetChangesAsync(id, cancellation);

    public async Task<PeerReplicationAgreement> ProposeAsync(Guid id, PeerReplicationProposal proposal, CancellationToken cancellation)
    {
        await inner.ProposeAsync(id, proposal, cancellation);
        throw Lost;
    }

    public async Task ChangeAsync(Guid id, PeerReplicationChange change, CancellationToken cancellation)
    {
        await inner.ChangeAsync(id, change, cancellation);
        throw Lost;
    }

    public async Task SetRoleAsync(Guid id, PeerRoleRequest request, CancellationToken cancellation)
    {
        await inner.SetRoleAsync(id, request, cancellation);
        throw Lost;
    }

    public async Task DiscardAsync(Guid id, PeerDiscardRequest request, CancellationToken cancellation)
    {
        await inner.DiscardAsync(id, request, cancellation);
        throw Lost;
    }

    public async Task DeleteAsync(Guid id, CancellationToken cancellation)
    {
        await inner.DeleteAsync(id, cancellation);
        throw Lost;
    }
}
