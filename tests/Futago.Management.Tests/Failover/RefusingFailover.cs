using Futago.Engine.Contracts;
using Futago.Management.Failover;

namespace Futago.Management.Tests.Failover;

/// <summary>Answers everything with the same refusal.</summary>
internal sealed class RefusingFailover(ProblemException refusal) : IPeerFailover
{
    public Task<FailoverLook> LookAsync(FailoverQuery query, CancellationToken cancellation) => throw refusal;

    public Task<IReadOnlyList<TargetDefinition>> TargetsAsync(TargetQuery query, CancellationToken cancellation) => throw refusal;

    public Task ProposeAsync(Guid id, FailoverProposal proposal, CancellationToken cancellation) => throw refusal;

    public Task DeleteAsync(Guid id, CancellationToken cancellation) => throw refusal;

    public Task CommandAsync(Guid id, FailoverCommandRequest request, CancellationToken cancellation) => throw refusal;
}
