using Futago.Engine.Contracts;
using Futago.Management.Failover;

namespace Futago.Console.Pairing;

/// <summary>Requests of docs/protocol/pairing.md about the failover.</summary>
internal sealed class HttpPeerFailover(ApiConnection api) : IPeerFailover
{
    private const string Root = "failover";

    public Task<FailoverLook> LookAsync(FailoverQuery query, CancellationToken cancellation) =>
        api.SendAsync<FailoverLook>(HttpMethod.Post, $"{Root}/look", query, cancellation);

    public Task<IReadOnlyList<TargetDefinition>> TargetsAsync(TargetQuery query, CancellationToken cancellation) =>
        api.SendAsync<IReadOnlyList<TargetDefinition>>(HttpMethod.Post, $"{Root}/targets", query, cancellation);

    public Task ProposeAsync(Guid id, FailoverProposal proposal, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Put, $"{Root}/{id}", proposal, cancellation);

    public Task DeleteAsync(Guid id, CancellationToken cancellation) => api.SendAsync(HttpMethod.Delete, $"{Root}/{id}", null, cancellation);

    public Task CommandAsync(Guid id, FailoverCommandRequest request, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Post, $"{Root}/{id}/command", request, cancellation);
}
