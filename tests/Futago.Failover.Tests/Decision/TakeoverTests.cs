namespace Futago.Failover.Tests.Decision;

public sealed class TakeoverTests
{
    private static readonly FailoverStep[] Steps =
        [FailoverStep.Promote, FailoverStep.LoadReservations, FailoverStep.ReadyTargets, FailoverStep.AddVirtualIp, FailoverStep.Announce, FailoverStep.OpenPort];

    public static TheoryData<FailoverStep> Failing => [.. Steps];

    private static ScriptedNode Cold() => new(ScriptedNode.Options, ScriptedNode.Running, new WitnessRecord(4, ScriptedNode.PeerId, false, 8000));

    [Fact]
    public void Takeover_StoresTheAttemptBeforeItAsks_TheTermBeforeItPromotes_AndOpensLast()
    {
        var node = Cold();
        node.Run(29_900);
        Assert.Empty(node.Done);
        Assert.Equal((NodeState.Passive, PassiveReason.WaitingForPeer), (node.Core.State, node.Core.Reason));

        node.Run(10_000);

        Assert.Equal(NodeState.ActiveAlone, node.Core.State);
        Assert.Equal(["BlockPort", "Store 4/5", "Store 5/5", .. Steps.Select(s => s.ToString())], node.Done);
        Assert.True(node.Core.MayServe(node.Now));
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public void Step_ThatFails_IsUndoneToTheEnd_AndTriedAgainLater(FailoverStep step)
    {
        var node = Cold();
        node.Failing = step;
        node.Run(32_000);

        Assert.Equal(NodeState.Passive, node.Core.State);
        Assert.Equal(["BlockPort", "RemoveVirtualIp", "EndSessions", "Demote"], node.Done.TakeLast(4));
        Assert.Equal(step.ToString(), node.Done[^5]);
        Assert.False(node.Core.MayServe(node.Now));
        // Only the last step is preceded by a permit, and that is withdrawn.
        Assert.Equal(step == FailoverStep.OpenPort, node.Permits.Count > 0);
        Assert.All(node.Permits.TakeLast(1), until => Assert.Equal(0, until));

        node.Failing = null;
        node.Run(10_000);
        Assert.Equal(NodeState.ActiveAlone, node.Core.State);
        Assert.True(node.Stored.Promised > 5);
    }

    [Fact]
    public void ClearingUp_ThatFails_EndsTheEngine()
    {
        var node = Cold();
        node.Failing = FailoverStep.Promote;
        node.Run(30_000);
        node.Failing = FailoverStep.RemoveVirtualIp;
        node.Run(40_000);
        node.Step(new SetRunning(1, Running: false));
        node.Run(1000);

        Assert.Contains(node.Effects, e => e is EndEngine { Step: FailoverStep.RemoveVirtualIp });
    }

    [Fact]
    public void WithoutWitness_AndWithoutPeer_NothingIsServed_UntilAnOperatorSaysSo()
    {
        var node = new ScriptedNode(ScriptedNode.Options with { Policy = FailoverPolicy.Manual }, ScriptedNode.Running, null);
        node.Run(300_000);
        Assert.Equal((NodeState.Passive, PassiveReason.NoAuthority), (node.Core.State, node.Core.Reason));

        node.Step(new ServeAnyway(7, Force: false));
        node.Run(100);

        Assert.Equal(NodeState.ActiveAlone, node.Core.State);
        Assert.Contains(node.Effects, e => e is CommandDone { Id: 7, Result: FailoverResult.Done });
    }

    [Fact]
    public void DataThatIsNotUpToDate_IsServedOnlyByForce()
    {
        var node = new ScriptedNode(ScriptedNode.Options with { Policy = FailoverPolicy.Manual }, ScriptedNode.Running with { YieldedTo = 4 }, null);
        node.Run(60_000);
        Assert.Equal(PassiveReason.Yielded, node.Core.Reason);

        node.Step(new ServeAnyway(7, Force: false));
        Assert.Contains(node.Effects, e => e is CommandDone { Id: 7, Result: FailoverResult.NotUpToDate });
        node.Step(new ServeAnyway(8, Force: true));
        node.Run(100);

        Assert.Equal(NodeState.ActiveAlone, node.Core.State);
        Assert.Contains(node.Effects, e => e is Notice { Kind: NoticeKind.OperatorServes, Number: 1 });
    }

    [Fact]
    public void LapsedLease_IsNotRevivedByWhatComesAfterwards()
    {
        var node = Cold();
        node.Run(40_000);
        var until = node.Permits[^1];

        Assert.True(node.Core.MayServe(until - 1));
        Assert.False(node.Core.MayServe(until));
    }
}
