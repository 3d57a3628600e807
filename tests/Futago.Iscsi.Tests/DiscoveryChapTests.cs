using System.Net;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>
/// CHAP in a discovery session for which no account of its own is configured: the accounts of the targets that the initiator may
/// log in to are good for it.
/// </summary>
public sealed class DiscoveryChapTests
{
    private const string Secret = "initiator-pw1";
    private const string OtherSecret = "initiator-pw2";
    private const string HiddenSecret = "initiator-pw3";
    private const string Other = "iqn.2026-01.example.futago:other";
    private const string Hidden = "iqn.2026-01.example.futago:hidden";

    private static ServerUnderTest Create()
    {
        var server = new ServerUnderTest(chap: new ChapAccount("alice", Secret, null, null));
        server.Server.SetTarget(server.Definition(Other, new ChapAccount("bob", OtherSecret, "futago", "target-secret")));
        server.Server.SetTarget(server.Definition(Hidden, new ChapAccount("carol", HiddenSecret, null, null), new AccessRule(IPNetwork.Parse("10.0.0.0/8"), null)));
        return server;
    }

    private static WirePdu Start(ScriptedInitiator initiator)
    {
        var first = initiator.Login(0x81, ("InitiatorName", initiator.Name), ("SessionType", "Discovery"), ("AuthMethod", "CHAP"));
        Assert.Equal((0, 0, "CHAP"), (first.LoginStatus, first.Flags & 0x80, first.Key("AuthMethod")));
        return initiator.Login(0x00, ("CHAP_A", "5,7"));
    }

    [Theory]
    [InlineData("alice", Secret)]
    [InlineData("bob", OtherSecret)]
    public async Task Discovery_AccountOfAVisibleTarget_ListsAllThatTheInitiatorMayUse(string user, string secret)
    {
        await using var server = Create();
        using var initiator = server.Connect();

        var challenge = Start(initiator);
        var proof = initiator.Login(0x83, ("CHAP_N", user), ("CHAP_R", ChapTests.Respond(challenge, secret)));
        initiator.Send(initiator.TextRequest(5, ("SendTargets", "All")));
        var names = initiator.Expect(0x24).Keys.Where(k => k.Key == "TargetName").Select(k => k.Value);

        Assert.Equal((0, 0x83), (proof.LoginStatus, proof.Flags));
        Assert.Equal([Other, ServerUnderTest.TargetName], names);
        Assert.Equal(user, Assert.Single(server.Server.Sessions).ChapUser);
    }

    [Theory]
    [InlineData("alice", OtherSecret)]
    [InlineData("mallory", Secret)]
    [InlineData("carol", HiddenSecret)]
    public async Task Discovery_NoAccountOfAVisibleTarget_IsRefusedAlikeAndReported(string user, string secret)
    {
        await using var server = Create();
        using var initiator = server.Connect();

        var challenge = Start(initiator);
        var proof = initiator.Login(0x83, ("CHAP_N", user), ("CHAP_R", ChapTests.Respond(challenge, secret)));

        Assert.Equal(0x0201, proof.LoginStatus);
        Assert.Empty(proof.Data);
        Assert.True(initiator.IsClosedByTarget());
        var refusal = Assert.Single(server.Refusals);
        Assert.Equal((LoginRefusalReason.WrongChap, null), (refusal.Reason, refusal.TargetName));
    }

    [Fact]
    public async Task Discovery_ChapInsistedOnWithoutAnyAccount_GetsTheSameChallengeAndRefusal()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        var challenge = Start(initiator);
        var proof = initiator.Login(0x83, ("CHAP_N", "alice"), ("CHAP_R", ChapTests.Respond(challenge, Secret)));

        Assert.NotNull(challenge.Key("CHAP_C"));
        Assert.Equal(0x0201, proof.LoginStatus);
    }

    [Fact]
    public async Task Discovery_MutualProofAsked_ComesFromTheAccountThatWasProven()
    {
        await using var server = Create();
        using var initiator = server.Connect();

        var challenge = Start(initiator);
        var proof = initiator.Login(0x83, ("CHAP_N", "bob"), ("CHAP_R", ChapTests.Respond(challenge, OtherSecret)), ("CHAP_I", "7"), ("CHAP_C", "0x0102030405060708"));

        Assert.Equal((0, "futago"), (proof.LoginStatus, proof.Key("CHAP_N")));
    }

    [Fact]
    public async Task Discovery_NoneOfferedToo_GoesInWithoutProof()
    {
        await using var server = Create();
        using var initiator = server.Connect();

        var first = initiator.Login(0x81, ("InitiatorName", initiator.Name), ("SessionType", "Discovery"), ("AuthMethod", "CHAP,None"));
        var done = initiator.Login(0x87);

        Assert.Equal((0, 0x81, "None"), (first.LoginStatus, first.Flags, first.Key("AuthMethod")));
        Assert.Equal(0, done.LoginStatus);
    }

    /// <summary>As libiscsi does when it was given a user but did not need one.</summary>
    [Fact]
    public async Task Login_NamesSaidAgainInTheNextStage_AreTaken()
    {
        await using var server = Create();
        using var initiator = server.Connect();
        (string, string)[] names = [("InitiatorName", initiator.Name), ("SessionType", "Discovery")];

        initiator.Login(0x81, [.. names, ("AuthMethod", "CHAP,None")]);
        var done = initiator.Login(0x87, names);

        Assert.Equal(0, done.LoginStatus);
    }

    [Theory]
    [InlineData("InitiatorName", "iqn.2026-01.example.test:somebody-else")]
    [InlineData("SessionType", "Normal")]
    public async Task Login_OtherNameInTheNextStage_IsRefused(string key, string value)
    {
        await using var server = Create();
        using var initiator = server.Connect();

        initiator.Login(0x81, ("InitiatorName", initiator.Name), ("SessionType", "Discovery"), ("AuthMethod", "None"));
        var response = initiator.Login(0x87, (key, value));

        Assert.Equal(0x0200, response.LoginStatus);
    }
}
