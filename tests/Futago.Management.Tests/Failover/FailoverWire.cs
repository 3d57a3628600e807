using Futago.Management.Failover;
using Futago.Management.Tests.Pairing;

namespace Futago.Management.Tests.Failover;

/// <summary>The failover over the cable between two nodes; every message really is text on its way.</summary>
internal class FailoverWire(Wire wire) : IPeerFailover
{
    private PeerFailoverRequests Requests => wire.To.FailoverRequests;

    public async Task<FailoverLook> LookAsync(FailoverQuery query, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        return Wire.Sent(await Requests.LookAsync(Wire.Sent(query), cancellation));
    }

    public async Task<IReadOnlyList<TargetDefinition>> TargetsAsync(TargetQuery query, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        return Wire.Sent(await Requests.TargetsAsync(Wire.Sent(query), cancellation));
    }

    public virtual async Task ProposeAsync(Guid id, FailoverProposal proposal, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        await Requests.ProposeAsync(id, Wire.Sent(proposal));
    }

    public async Task DeleteAsync(Guid id, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        await Requests.DeleteAsync(id);
    }

    public async Task CommandAsync(Guid id, FailoverCommandRequest request, CancellationToken cancellation)
    {
        await wire.AuthenticateAsync(cancellation);
        await Requests.CommandAsync(id, Wire.Sent(request));
    }
}
