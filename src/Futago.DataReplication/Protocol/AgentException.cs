namespace Futago.DataReplication.Protocol;

/// <summary>Something that was asked of an agent was not done.</summary>
public sealed class AgentException(AgentFailure failure, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public AgentFailure Failure { get; } = failure;
}
