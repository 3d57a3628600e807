namespace Futago.Failover;

/// <summary>Which state may follow which; see the diagram at <see cref="NodeState"/>.</summary>
internal static class NodeTransitions
{
    public static bool IsValid(NodeState from, NodeState to) => (from, to) switch
    {
        (NodeState.Off, NodeState.Passive) => true,
        (NodeState.Passive, NodeState.TakingOver or NodeState.Off) => true,
        // Back to passive only before anything was done.
        (NodeState.TakingOver, NodeState.ActiveMirrored or NodeState.ActiveAlone or NodeState.Stopping or NodeState.Passive) => true,
        (NodeState.ActiveMirrored, NodeState.Frozen or NodeState.HandingOver or NodeState.Stopping) => true,
        (NodeState.Frozen, NodeState.ActiveMirrored or NodeState.ActiveAlone or NodeState.Stopping) => true,
        (NodeState.ActiveAlone, NodeState.ActiveMirrored or NodeState.Stopping) => true,
        (NodeState.HandingOver, NodeState.Passive or NodeState.ActiveMirrored or NodeState.Stopping) => true,
        (NodeState.Stopping, NodeState.Passive) => true,
        _ => false,
    };

    /// <summary>The virtual IP is, or may be, on this node and initiators are answered.</summary>
    public static bool IsActive(this NodeState state) => state is NodeState.ActiveMirrored or NodeState.Frozen or NodeState.ActiveAlone or NodeState.HandingOver;
}
