using System.Net;
using Futago.Engine.Failover;
using Futago.Failover;

namespace Futago.Engine.Tests.Failover;

public sealed class FailoverGateTests
{
    private static readonly IPAddress VirtualIp = IPAddress.Parse("10.77.0.10");
    private static readonly IPAddress Own = IPAddress.Parse("10.77.0.1");

    private readonly FailoverGate _gate = new();

    public FailoverGateTests() => _gate.SetPortals([new IPEndPoint(VirtualIp, 3260)]);

    [Fact]
    public void NewGate_IsClosed()
    {
        Assert.False(_gate.MayAnswer);
        Assert.False(_gate.IsOfferedAt(VirtualIp));
        Assert.False(_gate.IsOfferedAt(Own));
    }

    [Fact]
    public void StoppedFailoverManager_OffersTargetsEverywhere()
    {
        _gate.OpenAlways();

        Assert.True(_gate.MayAnswer);
        Assert.True(_gate.IsOfferedAt(Own));
        Assert.Null(_gate.Portals);
    }

    [Fact]
    public void Permit_OpensVirtualIpsOnly()
    {
        _gate.OpenUntil(BootClock.Instance.NowMs + 3_600_000);

        Assert.True(_gate.MayAnswer);
        Assert.True(_gate.IsOfferedAt(VirtualIp));
        Assert.False(_gate.IsOfferedAt(Own));
        Assert.Equal([new IPEndPoint(VirtualIp, 3260)], _gate.Portals);
    }

    [Fact]
    public void LapsedPermit_ClosesByItself()
    {
        _gate.OpenUntil(BootClock.Instance.NowMs);

        Assert.False(_gate.MayAnswer);
        Assert.False(_gate.IsOfferedAt(VirtualIp));
    }
}
