namespace Futago.Engine.Contracts.Failover;

public static class FailoverStates
{
    /// <summary>The node serves, whether or not writes wait at the moment.</summary>
    public static bool IsActive(this FailoverState state) => state is FailoverState.ActiveMirrored or FailoverState.ActiveAlone or FailoverState.Frozen;
}
