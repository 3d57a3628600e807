namespace Futago.Failover.Tests.Decision;

public sealed class FailoverOptionsTests
{
    private static readonly FailoverOptions Good = ScriptedNode.Options;

    [Fact]
    public void Defaults_AreGood() => Assert.Empty(Good.Validate());

    [Fact]
    public void Takeover_BeforeLeaseGuardAndDrift_IsRefused()
    {
        Assert.Empty((Good with { TakeoverMs = 6200 }).Validate());
        Assert.Contains("both nodes could serve", Assert.Single((Good with { TakeoverMs = 6100 }).Validate()), StringComparison.Ordinal);
        Assert.NotEmpty((Good with { TakeoverMs = 7000, Policy = FailoverPolicy.PingOnly, PingNodes = 1 }).Validate());
    }

    [Fact]
    public void EverythingElse_IsNamed()
    {
        Assert.NotEmpty((Good with { HeartbeatMs = 2000 }).Validate());
        Assert.NotEmpty((Good with { DeadMs = 3000 }).Validate());
        Assert.NotEmpty((Good with { InitDeadMs = 5000 }).Validate());
        Assert.NotEmpty((Good with { WitnessRenewMs = 3000 }).Validate());
        Assert.NotEmpty((Good with { PingDeadMs = 4000 }).Validate());
        Assert.NotEmpty((Good with { Policy = FailoverPolicy.PingOnly }).Validate());
        Assert.True((Good with { LeaseMs = 0, Paths = 9, PingNodes = 17 }).Validate().Count >= 3);
    }
}
