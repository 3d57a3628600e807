using Futago.Console.Client.Events;
using Futago.Console.Client.Pairing;
using Futago.Management.Pairing;

namespace Futago.Management.Tests.Pairing;

/// <summary>What a node knows of its peer after they were paired.</summary>
public sealed class PeerMonitorTests(DatabaseFixture databases) : IAsyncLifetime
{
    private TestNode _a = null!;
    private TestNode _b = null!;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await TestNode.StartAsync(databases, "nodea"), await TestNode.StartAsync(databases, "nodeb"));
        TestNode.Connect(_a, _b);
        await _a.JoinAsync((await _b.Pair.CreateCodeAsync()).Code);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Peer_ThatAnswers_IsReachableWithItsVersion()
    {
        Assert.Equal(PeerState.Unknown, (await _a.Pair.GetAsync()).Peer!.Status.State);

        await LookAsync();

        var status = (await _a.Pair.GetAsync()).Peer!.Status;
        Assert.Equal((PeerState.Reachable, "1.0", false), (status.State, status.Version, status.ClockOff));
        Assert.Equal("nodeb", _a.Monitor.Name);
        Assert.Contains(ConsoleEventCodes.PeerReachable, await _a.EventCodesAsync());
    }

    [Fact]
    public async Task Peer_Away_IsNewsAfterTheSecondFailureAndOnce()
    {
        await LookAsync();
        var cable = _a.Cable;
        // The connection that the monitor holds is cut by moving the peer.
        await MoveAsync("10.78.0.9");
        _a.Cable = _ => new PairingTests.Away();

        await LookAsync(4);

        Assert.Equal(PeerState.Unreachable, _a.Monitor.Status!.State);
        Assert.NotNull(_a.Monitor.Status.Problem);
        Assert.Single(await _a.EventCodesAsync(), ConsoleEventCodes.PeerUnreachable);

        await MoveAsync("10.78.0.2");
        _a.Cable = cable;
        await LookAsync();
        Assert.Equal(PeerState.Reachable, _a.Monitor.Status.State);
    }

    [Theory]
    [InlineData(900, false)]
    [InlineData(-900, false)]
    [InlineData(1500, true)]
    [InlineData(-1500, true)]
    public async Task Clock_OfThePeer_IsComparedWithTheLimit(int milliseconds, bool off)
    {
        _b.Plane.Time.Now += TimeSpan.FromMilliseconds(milliseconds);

        await LookAsync();

        var status = _a.Monitor.Status!;
        // The test's clocks stand still while the round trip takes real time.
        Assert.InRange(status.ClockDifferenceMilliseconds!.Value, milliseconds - status.ClockUncertaintyMilliseconds!.Value - 1, milliseconds + 1);
        if (status.ClockUncertaintyMilliseconds < 50)
            Assert.Equal(off, status.ClockOff);
    }

    [Fact]
    public async Task Clock_BackInTime_IsReportedAgain()
    {
        _b.Plane.Time.Now += TimeSpan.FromMinutes(5);
        await LookAsync();
        Assert.True(_a.Monitor.Status!.ClockOff);

        _b.Plane.Time.Now -= TimeSpan.FromMinutes(5);
        // The old samples leave the window.
        await LookAsync(20);

        Assert.False(_a.Monitor.Status.ClockOff);
        var codes = await _a.EventCodesAsync();
        Assert.Single(codes, ConsoleEventCodes.PeerClockOff);
        Assert.Single(codes, ConsoleEventCodes.PeerClockGood);
    }

    [Fact]
    public void Clock_Measurement_AllowsForTheRoundTrip()
    {
        var asked = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var sample = ClockSample.Of(asked, TimeSpan.FromMilliseconds(40), asked.AddMilliseconds(120));

        Assert.Equal((TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20)), (sample.Difference, sample.Uncertainty));
    }

    [Fact]
    public async Task ReplicationNetwork_ChosenOnThePeer_ReachesThisEngine()
    {
        await _b.Pair.UpdateAsync(new UpdatePairRequest("127.0.0.1", 7800));

        await LookAsync();

        var pushed = _a.Plane.Engine.Applied[^1].Peer!;
        Assert.Equal(("127.0.0.1", 7800), (pushed.Addresses.Single(), pushed.Port));
        Assert.Equal(("127.0.0.1", 7800), (_b.Plane.Engine.Applied[^1].Peer!.LocalAddress, _b.Plane.Engine.Applied[^1].Peer!.LocalPort));
    }

    [Fact]
    public async Task ReplicationNetwork_OfAnotherNode_IsRefused()
    {
        Assert.Equal(Futago.Engine.Contracts.ProblemCodes.PairAddressNotOwn, (await Refusal.OfAsync(() => _a.Pair.UpdateAsync(new("203.0.113.9")))).Code);
        Assert.Equal(Futago.Engine.Contracts.ProblemCodes.PairPortInvalid, (await Refusal.OfAsync(() => _a.Pair.UpdateAsync(new(LinkPort: 0)))).Code);
    }

    [Fact]
    public async Task Unpaired_Monitor_KnowsNoPeer()
    {
        await LookAsync();
        await _b.Pair.DeleteAsync("nodea");

        await LookAsync();

        Assert.Null(_a.Monitor.Name);
        Assert.Null(_a.Monitor.Status);
    }

    private async Task LookAsync(int times = 1)
    {
        for (var i = 0; i < times; i++)
            await _a.Monitor.LookAsync(CancellationToken.None);
    }

    private Task MoveAsync(string address) => _a.Plane.Store.ChangeAsync(c =>
    {
        c.Peer!.Address = address;
        return _a.Plane.Audit.Observation(Futago.Engine.Contracts.Events.EventSeverity.Info, "test", null, "Moved.");
    });
}
