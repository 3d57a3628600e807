using Futago.Console.Client.Events;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Pairing;
using Futago.Management.Tests.Failover;
using Futago.Management.Tests.VolumeReplication;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.Pairing;

/// <summary>Two nodes become a pair, and are refused with a reason when they must not.</summary>
public sealed class PairingTests(DatabaseFixture databases) : IAsyncLifetime
{
    private TestNode _a = null!;
    private TestNode _b = null!;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await TestNode.StartAsync(databases, "nodea"), await TestNode.StartAsync(databases, "nodeb"));
        TestNode.Connect(_a, _b);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Join_WithTheCode_MakesBothKnowEachOther()
    {
        var code = await _b.Pair.CreateCodeAsync();

        var view = await _a.JoinAsync(code.Code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal));

        var (ofA, ofB) = (await _a.PeerAsync(), await _b.PeerAsync());
        Assert.Equal("nodeb", view.Peer!.Name);
        Assert.Equal(ofA!.PairId, ofB!.PairId);
        Assert.Equal(("nodeb", _b.OwnFingerprint, _b.Plane.Engine.LinkFingerprint, _b.Plane.Engine.NodeId, "10.78.0.2"),
            (ofA.Name, ofA.ConsoleFingerprint, ofA.LinkFingerprint, ofA.NodeId, ofA.Address));
        Assert.Equal(("nodea", _a.OwnFingerprint, _a.Plane.Engine.LinkFingerprint, _a.Plane.Engine.NodeId, "10.78.0.1"),
            (ofB.Name, ofB.ConsoleFingerprint, ofB.LinkFingerprint, ofB.NodeId, ofB.Address));
        Assert.Contains(ConsoleEventCodes.Paired, await _a.EventCodesAsync());
        Assert.Contains(ConsoleEventCodes.Paired, await _b.EventCodesAsync());
    }

    [Fact]
    public async Task Join_Done_PushesThePeerToBothEngines()
    {
        await PairAsync();

        var (ofA, ofB) = (_a.Plane.Engine.Applied[^1].Peer!, _b.Plane.Engine.Applied[^1].Peer!);
        Assert.Equal((_b.Plane.Engine.NodeId, _b.Plane.Engine.LinkFingerprint, 7789, "10.78.0.2"), (ofA.NodeId, ofA.Fingerprint, ofA.Port, ofA.Addresses.Single()));
        Assert.Equal((_a.Plane.Engine.NodeId, _a.Plane.Engine.LinkFingerprint, 7789, "10.78.0.1"), (ofB.NodeId, ofB.Fingerprint, ofB.Port, ofB.Addresses.Single()));
    }

    [Fact]
    public async Task Code_InEvents_IsNowhere()
    {
        var code = await PairAsync();

        foreach (var node in new[] { _a, _b })
        {
            foreach (var e in await node.Plane.Events.ListAsync(new()))
                Assert.DoesNotContain(code, $"{e.Text} {string.Join(' ', e.Args?.Values ?? [])}", StringComparison.Ordinal);
        }
        Assert.DoesNotContain(code, new PairCode(code, default).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(code, new JoinRequest("10.0.0.1", code).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_Used_IsRefusedAndBothStayAsTheyAre()
    {
        var code = await PairAsync();
        var before = await _b.PeerAsync();

        await RefusedAsync(ProblemCodes.PairCodeUsed, code);

        Assert.Equal(before!.PairId, (await _b.PeerAsync())!.PairId);
        Assert.Equal(before.PairId, (await _a.PeerAsync())!.PairId);
    }

    [Fact]
    public async Task Code_OlderThanTenMinutes_IsRefused()
    {
        var code = await _b.Pair.CreateCodeAsync();
        _a.Plane.Time.Now += PairingOffers.CodeLifetime;
        _b.Plane.Time.Now += PairingOffers.CodeLifetime;

        await RefusedAsync(ProblemCodes.PairCodeExpired, code.Code);
        Assert.Null((await _b.Pair.GetAsync()).CodeExpiresAt);
    }

    [Fact]
    public async Task Code_ReplacedByANewerOne_IsWrong()
    {
        var first = await _b.Pair.CreateCodeAsync();
        await _b.Pair.CreateCodeAsync();

        await RefusedAsync(ProblemCodes.PairCodeWrong, first.Code);
    }

    [Fact]
    public async Task Code_WrongFiveTimes_IsVoidForTheRightOneToo()
    {
        var code = await _b.Pair.CreateCodeAsync();
        for (var left = PairingOffers.TriesMaximum - 1; left >= 0; left--)
        {
            var refused = await RefusedAsync(ProblemCodes.PairCodeWrong, PairingCode.Create());
            Assert.Equal($"{left}", refused.Args!["triesLeft"]);
        }

        await RefusedAsync(ProblemCodes.PairCodeVoid, code.Code);
        Assert.Contains(ConsoleEventCodes.PairRefused, await _b.EventCodesAsync());
    }

    [Fact]
    public async Task Code_NoneMade_IsSaid() => await RefusedAsync(ProblemCodes.PairNoCode, PairingCode.Create());

    [Theory]
    [InlineData("")]
    [InlineData("1234")]
    [InlineData("7K3M-7K3M-7K3M-7K3U")]
    [InlineData("7K3M-7K3M-7K3M-7K3M-7")]
    public async Task Code_ThatIsNone_IsRefusedBeforeAnybodyIsAsked(string code)
    {
        _a.Cable = _ => throw new InvalidOperationException("Asked.");

        await RefusedAsync(ProblemCodes.PairCodeInvalid, code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nodeb")]
    [InlineData("10.78.2")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("10.78.0.2:0")]
    [InlineData("10.78.0.2:65536")]
    [InlineData("[fd00::2")]
    public async Task Address_ThatIsNone_IsRefusedBeforeAnybodyIsAsked(string address)
    {
        _a.Cable = _ => throw new InvalidOperationException("Asked.");

        var refused = await Assert.ThrowsAsync<ProblemException>(() => _a.JoinAsync(PairingCode.Create(), address));

        Assert.Equal((ProblemCodes.PairAddressInvalid, "address"), (refused.Problem.Code, refused.Problem.Field));
    }

    [Fact]
    public async Task Address_OfThisNode_IsRefused()
    {
        var code = await _a.Pair.CreateCodeAsync();
        _a.Cable = expected => new Wire(_a, _a.OwnFingerprint, expected);

        // By another address, behind a forwarded port for instance, and by one of its own.
        await RefusedAsync(ProblemCodes.PairOwnAddress, code.Code);
        var direct = await Assert.ThrowsAsync<ProblemException>(() => _a.JoinAsync(code.Code, "127.0.0.1:8443"));
        Assert.Equal((ProblemCodes.PairOwnAddress, "address"), (direct.Problem.Code, direct.Problem.Field));
    }

    [Fact]
    public async Task OtherNode_PairedWithAThird_IsRefusedOnEitherSide()
    {
        await PairAsync();
        await using var c = await TestNode.StartAsync(databases, "nodec");
        TestNode.Connect(c, _b);
        _b.Cable = expected => new Wire(_a, _b.OwnFingerprint, expected);
        var code = await _b.Pair.CreateCodeAsync();

        var byOfferer = await Assert.ThrowsAsync<ProblemException>(() => c.JoinAsync(code.Code));
        _a.Cable = expected => new Wire(c, _a.OwnFingerprint, expected);
        var codeOfC = await c.Pair.CreateCodeAsync();
        var byJoiner = await Assert.ThrowsAsync<ProblemException>(() => _a.JoinAsync(codeOfC.Code));

        Assert.Equal((ProblemCodes.PairAlreadyPaired, ProblemCodes.PairAlreadyPaired), (byOfferer.Problem.Code, byJoiner.Problem.Code));
        Assert.Null(await c.PeerAsync());
        Assert.Equal("nodeb", (await _a.PeerAsync())!.Name);
    }

    [Fact]
    public async Task SameNodes_PairedAgain_AgreeAnew()
    {
        await PairAsync();
        var before = (await _a.PeerAsync())!.PairId;

        await PairAsync();

        Assert.NotEqual(before, (await _a.PeerAsync())!.PairId);
        Assert.Equal((await _a.PeerAsync())!.PairId, (await _b.PeerAsync())!.PairId);
    }

    /// <summary>
    /// The console of one node has another key, and is killed while the two are paired again: the other one has stored it, this one has not. The link of the
    /// engines, which has keys of its own, is as before; both nodes say that the other does not know the pair; and once more, it is whole.
    /// </summary>
    [Fact]
    public async Task SameNodes_KilledWhilePairedAgainWithANewKey_SayWhatToDo()
    {
        await PairAsync();
        var before = (await _a.PeerAsync())!;
        var (toB, toA) = (_a.Plane.Engine.Applied[^1].Peer, _b.Plane.Engine.Applied[^1].Peer);
        _a.RenewKey();
        TestNode.Connect(_a, _b);
        await LookAsync();
        Assert.Equal(PeerState.PairUnknown, _a.Monitor.Status!.State);
        Assert.Equal((PeerState.Unreachable, ProblemCodes.PairCertificateMismatch), (_b.Monitor.Status!.State, _b.Monitor.Status.Problem!.Code));

        _a.Cable = expected => new Killed(_b, _a.OwnFingerprint, expected);
        var code = await _b.Pair.CreateCodeAsync();
        await Assert.ThrowsAsync<KilledException>(() => _a.JoinAsync(code.Code));

        TestNode.Connect(_a, _b);
        Assert.Equal(before.PairId, (await _a.PeerAsync())!.PairId);
        Assert.Equal((_a.OwnFingerprint, false), (await _b.PeerAsync() is { } stored ? (stored.ConsoleFingerprint, stored.PairId == before.PairId) : default));
        Assert.Equal((toB!.Fingerprint, toA!.Fingerprint), (_a.Plane.Engine.Applied[^1].Peer!.Fingerprint, _b.Plane.Engine.Applied[^1].Peer!.Fingerprint));
        await LookAsync();
        Assert.Equal((PeerState.PairUnknown, PeerState.PairUnknown), (_a.Monitor.Status!.State, _b.Monitor.Status!.State));

        await PairAsync();

        await LookAsync();
        Assert.Equal((PeerState.Reachable, PeerState.Reachable), (_a.Monitor.Status!.State, _b.Monitor.Status!.State));
        Assert.Equal((await _a.PeerAsync())!.PairId, (await _b.PeerAsync())!.PairId);
    }

    /// <summary>Behind the time in which one node may not have stored the pair yet, and twice: a single failure is no news.</summary>
    private async Task LookAsync()
    {
        foreach (var node in new[] { _a, _b })
        {
            node.Plane.Time.Now += PeerMonitor.PairingGrace + TimeSpan.FromSeconds(1);
            await node.Monitor.LookAsync(TestContext.Current.CancellationToken);
            await node.Monitor.LookAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Everything that comes after the answer to confirm does not happen any more.</summary>
    private sealed class Killed(TestNode to, string from, string? expected) : Wire(to, from, expected)
    {
        public override async Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, CancellationToken cancellation)
        {
            await base.ConfirmAsync(confirm, cancellation);
            throw new KilledException();
        }
    }

    private sealed class KilledException : Exception;

    [Fact]
    public async Task Clock_MoreThanAMinuteOff_IsRefused()
    {
        var code = await _b.Pair.CreateCodeAsync();
        _b.Plane.Time.Now += TimeSpan.FromSeconds(90);

        var refused = await RefusedAsync(ProblemCodes.PairClockOff, code.Code);

        Assert.Equal("90", refused.Args!["seconds"]);
        Assert.Null(await _b.PeerAsync());
    }

    [Fact]
    public async Task OtherVersion_IsNamed()
    {
        var code = await _b.Pair.CreateCodeAsync();
        _a.Cable = expected => new OtherVersion(_b, _a.OwnFingerprint, expected);

        var refused = await RefusedAsync(ProblemCodes.PairOtherVersion, code.Code);

        Assert.Contains("9.9", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unpair_EndsThePairOnBothSides()
    {
        await PairAsync();

        var wrong = await Assert.ThrowsAsync<ProblemException>(() => _a.Pair.DeleteAsync("nodex"));
        var result = await _a.Pair.DeleteAsync("nodeb");

        Assert.Equal(ProblemCodes.ConfirmationMismatch, wrong.Problem.Code);
        Assert.True(result.PeerInformed);
        Assert.Null(await _a.PeerAsync());
        Assert.Null(await _b.PeerAsync());
        Assert.Null(_a.Plane.Engine.Applied[^1].Peer);
        Assert.Null(_b.Plane.Engine.Applied[^1].Peer);
        Assert.Contains(ConsoleEventCodes.PeerLeft, await _b.EventCodesAsync());
    }

    [Fact]
    public async Task Unpair_PeerAway_EndsItHereAndSaysSo()
    {
        await PairAsync();
        _a.Cable = _ => new Away();

        var result = await _a.Pair.DeleteAsync("nodeb");
        TestNode.Connect(_a, _b);
        await _b.Monitor.LookAsync(CancellationToken.None);
        // Right after pairing the other side may simply not be ready yet.
        Assert.Null(_b.Monitor.Status);
        _b.Plane.Time.Now += PeerMonitor.PairingGrace;
        await _b.Monitor.LookAsync(CancellationToken.None);

        Assert.False(result.PeerInformed);
        Assert.Null(await _a.PeerAsync());
        Assert.Equal(PeerState.PairUnknown, _b.Monitor.Status!.State);
    }

    [Fact]
    public async Task EveryUse_AsksForTheRole()
    {
        _a.Plane.Actor.Actor = new("viewer", UserRole.Viewer);

        await Assert.ThrowsAsync<ProblemException>(() => _a.Pair.CreateCodeAsync());
        await Assert.ThrowsAsync<ProblemException>(() => _a.JoinAsync(PairingCode.Create()));
        await Assert.ThrowsAsync<ProblemException>(() => _a.Pair.UpdateAsync(new()));
        await Assert.ThrowsAsync<ProblemException>(() => _a.Pair.TestPathAsync());
        await Assert.ThrowsAsync<ProblemException>(() => _a.Pair.DeleteAsync("nodeb"));
        Assert.Equal("nodea", (await _a.Pair.GetAsync()).NodeName);
    }

    private async Task<string> PairAsync()
    {
        var code = await _b.Pair.CreateCodeAsync();
        await _a.JoinAsync(code.Code);
        return code.Code;
    }

    private async Task<Problem> RefusedAsync(string problemCode, string code)
    {
        var before = (await _a.PeerAsync())?.PairId;
        var refused = await Assert.ThrowsAsync<ProblemException>(() => _a.JoinAsync(code));
        Assert.Equal(problemCode, refused.Problem.Code);
        Assert.Equal(before, (await _a.PeerAsync())?.PairId);
        return refused.Problem;
    }

    private sealed class OtherVersion(TestNode to, string from, string? expected) : Wire(to, from, expected)
    {
        public override async Task<PairingOffer> HelloAsync(PairingHello hello, CancellationToken cancellation)
        {
            var offer = await base.HelloAsync(hello, cancellation);
            return offer with { Offerer = offer.Offerer with { Version = 2, Product = "9.9" } };
        }
    }

    internal sealed class Away : IPeerConsole
    {
        public string SeenFingerprint => "";

        public Task<PairingOffer> HelloAsync(PairingHello hello, CancellationToken cancellation) => throw Nobody();

        public Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, CancellationToken cancellation) => throw Nobody();

        public Task<PeerReport> ReportAsync(CancellationToken cancellation) => throw Nobody();

        public Task LeaveAsync(CancellationToken cancellation) => throw Nobody();

        public IPeerReplications Replications => new RefusingReplications(Nobody());

        public Management.Failover.IPeerFailover Failover => new RefusingFailover(Nobody());

        public void Dispose()
        {
        }

        private static ProblemException Nobody() => new(new Problem(ProblemCodes.PairUnreachable, "Nobody is there."), 503);
    }
}
