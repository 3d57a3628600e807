namespace Futago.Failover.Tests.Decision;

public sealed class NodeTransitionsTests
{
    [Fact]
    public void NothingServes_WithoutHavingTakenOver()
    {
        var into = from state in Enum.GetValues<NodeState>() where !state.IsActive() && NodeTransitions.IsValid(state, NodeState.ActiveMirrored) select state;

        Assert.Equal([NodeState.TakingOver], into);
    }

    [Fact]
    public void NothingThatServes_IsPassive_BeforeItHasClearedUpOrHandedOver()
    {
        var from = from state in Enum.GetValues<NodeState>() where state.IsActive() && NodeTransitions.IsValid(state, NodeState.Passive) select state;

        Assert.Equal([NodeState.HandingOver], from);
    }

    [Fact]
    public void EveryState_CanBeLeft() => Assert.All(Enum.GetValues<NodeState>(), state => Assert.Contains(Enum.GetValues<NodeState>(), to => NodeTransitions.IsValid(state, to)));
}
