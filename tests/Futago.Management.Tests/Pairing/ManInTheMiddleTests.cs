using System.Security.Cryptography;
using Futago.Engine.Contracts;
using Futago.Management.Pairing;

namespace Futago.Management.Tests.Pairing;

/// <summary>
/// Somebody has cut into the cable between two nodes that are being paired. He sees and changes everything, has a certificate of
/// his own, and does not know the code. Whatever he does, no node ends up with a peer, or with one that is not the other node.
/// </summary>
public sealed class ManInTheMiddleTests(DatabaseFixture databases) : IAsyncLifetime
{
    private static readonly string Middle = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private TestNode _a = null!;
    private TestNode _b = null!;
    private string _code = "";

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await TestNode.StartAsync(databases, "nodea"), await TestNode.StartAsync(databases, "nodeb"));
        _code = (await _b.Pair.CreateCodeAsync()).Code;
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Relay_ThatChangesNothing_IsNoticedByTheCertificateOfTheConnection()
    {
        // b sees his certificate, a's message names a's.
        _a.Cable = expected => new Wire(_b, Middle, expected, shown: Middle);

        await JoinFailsAsync(ProblemCodes.PairCertificateMismatch);
        await NobodyHasAPeerAsync();
    }

    [Fact]
    public async Task Relay_ThatShowsHisCertificateToTheJoinerOnly_IsNoticedByTheJoiner()
    {
        _a.Cable = expected => new Wire(_b, _a.OwnFingerprint, expected, shown: Middle);

        await JoinFailsAsync(ProblemCodes.PairCertificateMismatch);
        await NobodyHasAPeerAsync();
    }

    [Fact]
    public async Task Relay_ThatPutsHisCertificatesIntoBothMessages_MakesTheProofsWrong()
    {
        _a.Cable = expected => new Relay(_b, expected)
        {
            Hello = h => h with { Joiner = h.Joiner with { ConsoleFingerprint = Middle } },
            Offer = o => o with { Offerer = o.Offerer with { ConsoleFingerprint = Middle } },
        };

        await JoinFailsAsync(ProblemCodes.PairCodeWrong);
        await NobodyHasAPeerAsync();
    }

    public static TheoryData<string, Func<PairingParty, PairingParty>> Changes => new()
    {
        { "link certificate", p => p with { LinkFingerprint = Middle } },
        { "node id", p => p with { NodeId = Guid.NewGuid() } },
        { "name", p => p with { Name = "middle" } },
        { "nonce", p => p with { Nonce = Convert.ToBase64String(new byte[PairingTranscript.NonceBytes]) } },
        { "replication address", p => p with { ReplicationAddress = "10.9.9.9" } },
        { "link port", p => p with { LinkPort = 1 } },
        { "console port", p => p with { ConsolePort = 1 } },
        { "clock", p => p with { Time = p.Time.AddSeconds(1) } },
        { "product", p => p with { Product = "0.0" } },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public async Task Anything_ChangedOnTheWay_MakesTheProofsWrong(string what, Func<PairingParty, PairingParty> change)
    {
        Assert.NotEqual("", what);
        _a.Cable = expected => new Relay(_b, expected, asNodeA: _a) { Hello = h => h with { Joiner = change(h.Joiner) } };
        await JoinFailsAsync(ProblemCodes.PairCodeWrong);
        _a.Cable = expected => new Relay(_b, expected, asNodeA: _a) { Offer = o => o with { Offerer = change(o.Offerer) } };
        await JoinFailsAsync(ProblemCodes.PairCodeWrong);

        await NobodyHasAPeerAsync();
    }

    [Fact]
    public async Task Impostor_WhoReflectsTheJoinersProof_IsNotBelieved()
    {
        _a.Cable = _ => new Impostor(confirm => confirm.Proof);

        await JoinFailsAsync(ProblemCodes.PairCodeWrong);
        Assert.Null(await _a.PeerAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task Impostor_WithAnyOtherProof_IsNotBelieved(string proof)
    {
        _a.Cable = _ => new Impostor(_ => proof);

        await JoinFailsAsync(ProblemCodes.PairCodeWrong);
        Assert.Null(await _a.PeerAsync());
    }

    [Fact]
    public async Task Proof_Replayed_OpensNoOtherExchange()
    {
        PairingHello? hello = null;
        PairingConfirm? confirm = null;
        _a.Cable = expected => new Relay(_b, expected, asNodeA: _a) { Hello = h => hello = h, Confirm = c => confirm = c };
        await _a.JoinAsync(_code);
        await _b.Pair.DeleteAsync("nodea").WaitAsync(TimeSpan.FromMinutes(1)).ContinueWith(_ => { }, TaskScheduler.Default);
        await ForgetAsync(_b);
        await _b.Pair.CreateCodeAsync();

        // The whole conversation again, word for word, with a's certificate stolen on top.
        var replay = new Wire(_b, _a.OwnFingerprint, null);
        var offer = await replay.HelloAsync(hello!, CancellationToken.None);
        var same = await Refusal.OfAsync(() => replay.ConfirmAsync(confirm!, CancellationToken.None));
        var moved = await Refusal.OfAsync(() => replay.ConfirmAsync(confirm! with { ExchangeId = offer.ExchangeId }, CancellationToken.None));

        Assert.Equal((ProblemCodes.PairCodeExpired, ProblemCodes.PairCodeWrong), (same.Code, moved.Code));
        Assert.Null(await _b.PeerAsync());
    }

    [Fact]
    public async Task Exchange_ContinuedByAnotherCertificate_IsRefused()
    {
        _a.Cable = expected => new Relay(_b, expected, asNodeA: _a) { Confirm = c => c, ConfirmAs = Middle };

        await JoinFailsAsync(ProblemCodes.PairCertificateMismatch);
        await NobodyHasAPeerAsync();
    }

    [Fact]
    public async Task Hellos_WithoutEnd_AreBounded()
    {
        var party = await PartyOfAAsync();
        _code = (await _b.Pair.CreateCodeAsync()).Code;
        var offers = 0;
        for (var i = 0; i < 100; i++)
        {
            try
            {
                await new Wire(_b, _a.OwnFingerprint, null).HelloAsync(new PairingHello(party), CancellationToken.None);
                offers++;
            }
            catch (ProblemException)
            {
                // Enough.
            }
        }

        Assert.Equal(16, offers);
        _b.Plane.Time.Now += TimeSpan.FromSeconds(31);
        TestNode.Connect(_a, _b);
        _a.Plane.Time.Now += TimeSpan.FromSeconds(31);
        await _a.JoinAsync(_code);
    }

    [Fact]
    public async Task Garbage_FromSomebodyUnknown_IsRefused()
    {
        var wire = new Wire(_b, Middle, null);
        var good = await PartyOfAAsync() with { ConsoleFingerprint = Middle };
        PairingParty?[] parties =
        [
            null, good with { Nonce = "AA==" }, good with { Nonce = null! }, good with { Name = "a b" }, good with { Name = null! }, good with { NodeId = Guid.Empty },
            good with { LinkFingerprint = Middle.ToUpperInvariant() }, good with { ConsoleFingerprint = "x" }, good with { ConsolePort = 0 }, good with { LinkPort = 70000 },
            good with { ReplicationAddress = "10.1" }, good with { Product = new string('x', 1000) },
        ];

        foreach (var party in parties)
            Assert.Equal(ProblemCodes.PairNotANode, (await Refusal.OfAsync(() => wire.HelloAsync(new PairingHello(party!), CancellationToken.None))).Code);
    }

    private async Task<PairingParty> PartyOfAAsync()
    {
        PairingHello? hello = null;
        _a.Cable = expected => new Relay(_b, expected, asNodeA: _a) { Hello = h => hello = h, Offer = _ => throw new ProblemException(new Problem("test.stop", "Enough.")) };
        await Assert.ThrowsAsync<ProblemException>(() => _a.JoinAsync(PairingCode.Create()));
        return hello!.Joiner;
    }

    private async Task JoinFailsAsync(string code) => Assert.Equal(code, (await Refusal.OfAsync(() => _a.JoinAsync(_code))).Code);

    private async Task NobodyHasAPeerAsync()
    {
        Assert.Null(await _a.PeerAsync());
        Assert.Null(await _b.PeerAsync());
    }

    private static async Task ForgetAsync(TestNode node)
    {
        if (await node.PeerAsync() is not null)
            await node.Requests.LeaveAsync(CancellationToken.None);
    }

    /// <summary>Passes messages on, changed; to both ends he shows his own certificate unless he has stolen that of node a.</summary>
    private sealed class Relay(TestNode to, string? expected, TestNode? asNodeA = null)
        : Wire(to, asNodeA?.OwnFingerprint ?? Middle, expected, asNodeA is null ? Middle : null)
    {
        public Func<PairingHello, PairingHello> Hello { get; init; } = h => h;

        public Func<PairingOffer, PairingOffer> Offer { get; init; } = o => o;

        public Func<PairingConfirm, PairingConfirm> Confirm { get; init; } = c => c;

        public string? ConfirmAs { get; init; }

        public override async Task<PairingOffer> HelloAsync(PairingHello hello, CancellationToken cancellation) =>
            Offer(await base.HelloAsync(Hello(hello), cancellation));

        public override Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, CancellationToken cancellation) => ConfirmAs is { } other
            ? To.Requests.ConfirmAsync(Confirm(confirm), other, System.Net.IPAddress.Loopback, cancellation)
            : base.ConfirmAsync(Confirm(confirm), cancellation);
    }

    /// <summary>Plays the other node himself.</summary>
    private sealed class Impostor(Func<PairingConfirm, string> prove) : IPeerConsole
    {
        public string SeenFingerprint => Middle;

        public Task<PairingOffer> HelloAsync(PairingHello hello, CancellationToken cancellation) => Task.FromResult(new PairingOffer(
            Guid.NewGuid(), hello.Joiner with { NodeId = Guid.NewGuid(), Name = "nodeb", ConsoleFingerprint = Middle, LinkFingerprint = Middle }));

        public Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, CancellationToken cancellation) => Task.FromResult(new PairingAccept(prove(confirm)));

        public Task<PeerReport> ReportAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public Task LeaveAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public Management.VolumeReplication.IPeerReplications Replications => throw new NotSupportedException();

        public Management.Failover.IPeerFailover Failover => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
