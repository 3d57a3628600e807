using Futago.Failover;

namespace Futago.Engine.Tests.Failover;

public sealed class GuardMessagesTests
{
    private static readonly GuardOrder Order = new([new GuardedAddress("10.77.0.10", 24, "eth0", null), new GuardedAddress("fd00::10", 64, "eth0", null)], [3260, 3261], 2000);

    [Fact]
    public void Order_ComesBackAsItWas()
    {
        Assert.True(GuardMessages.TryReadOrder(GuardMessages.Order(7, GuardOrderKind.Add, Order), out var id, out var kind, out var order));

        Assert.Equal((7, GuardOrderKind.Add, 2000), (id, kind, order.KillMs));
        Assert.Equal(Order.Addresses, order.Addresses);
        Assert.Equal(Order.Ports, order.Ports);
    }

    [Theory]
    [InlineData("")]
    [InlineData("order")]
    [InlineData("order 1 Add")]
    [InlineData("order x Add {}")]
    [InlineData("order 1 Destroy {}")]
    [InlineData("order 1 9 {\"addresses\":[{\"address\":\"10.0.0.1\",\"prefixLength\":24,\"nic\":\"eth0\"}],\"ports\":[1],\"killMs\":1}")]
    [InlineData("order 1 Add {")]
    [InlineData("order 1 Add {\"addresses\":[],\"ports\":[3260],\"killMs\":2000}")]
    [InlineData("order 1 Add {\"addresses\":[{\"address\":\"10.0.0.1 drop }\",\"prefixLength\":24,\"nic\":\"eth0\"}],\"ports\":[3260],\"killMs\":2000}")]
    [InlineData("order 1 Add {\"addresses\":[{\"address\":\"10.0.0.1\",\"prefixLength\":24,\"nic\":\"a-name-that-is-too-long\"}],\"ports\":[3260],\"killMs\":2000}")]
    [InlineData("order 1 Add {\"addresses\":[{\"address\":\"10.0.0.1\",\"prefixLength\":24,\"nic\":\"eth0\"}],\"ports\":[65536],\"killMs\":2000}")]
    public void MalformedOrder_IsNone(string line) => Assert.False(GuardMessages.TryReadOrder(line, out _, out _, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("ip: no such device\neth9")]
    public void Outcome_ComesBackInOneLine(string? error)
    {
        var line = GuardMessages.Outcome(12, error);

        Assert.DoesNotContain('\n', line);
        Assert.True(GuardMessages.TryReadOutcome(line, out var id, out var read));
        Assert.Equal((12, error?.Replace('\n', ' ')), (id, read));
    }

    [Fact]
    public void Permit_ComesBackAsItWas()
    {
        Assert.True(GuardMessages.TryReadPermit(GuardMessages.Permit(123_456_789), out var until));
        Assert.Equal(123_456_789, until);
        Assert.False(GuardMessages.TryReadPermit("permit -1", out _));
        Assert.False(GuardMessages.TryReadPermit(GuardMessages.Alive, out _));
    }
}
