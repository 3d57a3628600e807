namespace Futago.Management.Failover;

/// <summary>
/// The failover on the console of the peer. Every request can be repeated. Problems are those of the peer, and
/// <c>pair.unreachable</c>.
/// </summary>
public interface IPeerFailover
{
    Task<FailoverLook> LookAsync(FailoverQuery query, CancellationToken cancellation);

    Task<IReadOnlyList<TargetDefinition>> TargetsAsync(TargetQuery query, CancellationToken cancellation);

    Task ProposeAsync(Guid id, FailoverProposal proposal, CancellationToken cancellation);

    Task DeleteAsync(Guid id, CancellationToken cancellation);

    Task CommandAsync(Guid id, FailoverCommandRequest request, CancellationToken cancellation);
}
