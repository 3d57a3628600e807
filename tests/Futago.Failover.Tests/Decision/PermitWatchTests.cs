namespace Futago.Failover.Tests.Decision;

public sealed class PermitWatchTests
{
    private readonly PermitWatch _watch = new(ScriptedNode.Options);

    [Fact]
    public void Lapse_ClearsOnce_ThenEndsTheEngineWithinItsTime()
    {
        _watch.Permitted(1000);

        Assert.Equal(GuardAction.None, _watch.Check(999));
        Assert.Equal(GuardAction.Clear, _watch.Check(1000));
        Assert.Equal(GuardAction.None, _watch.Check(1250));
        Assert.Equal(GuardAction.EndEngine, _watch.Check(1000 + ScriptedNode.Options.KillMs - 2 * PermitWatch.CheckMs));
    }

    [Fact]
    public void Withdrawal_ClearsAtOnce_AndLeavesTheEngineAlone()
    {
        _watch.Permitted(1000);

        Assert.Equal(GuardAction.Clear, _watch.Permitted(0));
        Assert.Equal(GuardAction.None, _watch.Check(100_000));
    }

    [Fact]
    public void NewEngine_OwesNothing()
    {
        _watch.Permitted(1000);
        _watch.EngineStarted();

        Assert.Equal(GuardAction.None, _watch.Check(100_000));
    }
}
