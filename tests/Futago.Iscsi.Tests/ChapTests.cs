using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>CHAP, RFC 7143 section 12.1.3 and 9.2.1.</summary>
public sealed class ChapTests
{
    private const string Secret = "initiator-pw1";
    private const string MutualSecret = "target-secret";
    private static readonly ChapAccount _oneWay = new("alice", Secret, null, null);
    private static readonly ChapAccount _mutual = new("alice", Secret, "futago", MutualSecret);

    private static WirePdu Start(ScriptedInitiator initiator, string algorithms)
    {
        var first = initiator.Login(0x81, ("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName), ("AuthMethod", "CHAP,None"));
        Assert.Equal((0, "CHAP"), (first.Flags & 0x80, first.Key("AuthMethod")));
        return initiator.Login(0x00, ("CHAP_A", algorithms));
    }

#pragma warning disable CA5351 // the other side of the CHAP that RFC 1994 defines
    private static byte[] Hash(string algorithm, byte[] input) => algorithm switch
    {
        "5" => MD5.HashData(input),
        "7" => SHA256.HashData(input),
        _ => SHA3_256.HashData(input),
    };
#pragma warning restore CA5351

    private static byte[] Answer(string algorithm, string identifier, byte[] challenge, string secret) =>
        Hash(algorithm, [byte.Parse(identifier, CultureInfo.InvariantCulture), .. Encoding.ASCII.GetBytes(secret), .. challenge]);

    private static byte[] Challenge(WirePdu response) => Convert.FromHexString(response.Key("CHAP_C")![2..]);

    internal static string Respond(WirePdu challenge, string secret) => "0x" + Convert.ToHexString(
        Answer(challenge.Key("CHAP_A")!, challenge.Key("CHAP_I")!, Challenge(challenge), secret));

    [Theory]
    [InlineData("5", "5")]
    [InlineData("5,6,7", "7")]
    [InlineData("7,5", "7")]
    public async Task Chap_RightSecret_LogsIn(string offered, string chosen)
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();

        var challenge = Start(initiator, offered);
        var proof = initiator.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret)));
        var done = initiator.Login(0x87, ("InitialR2T", "No"));

        Assert.Equal(chosen, challenge.Key("CHAP_A"));
        Assert.Equal(32, Challenge(challenge).Length);
        Assert.Equal((0, 0x81), (proof.LoginStatus, proof.Flags));
        Assert.Equal(0, done.LoginStatus);
        Assert.Equal("alice", Assert.Single(server.Server.Sessions).ChapUser);
    }

    [Fact]
    public async Task Chap_Sha3Offered_IsPreferredWhereThePlatformHasIt()
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();

        var challenge = Start(initiator, "5,7,8");
        var proof = initiator.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret)));

        Assert.Equal(SHA3_256.IsSupported ? "8" : "7", challenge.Key("CHAP_A"));
        Assert.Equal(0, proof.LoginStatus);
    }

    [Fact]
    public async Task Chap_ResponseInBase64_LogsIn()
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();

        var challenge = Start(initiator, "5");
        var digest = Answer("5", challenge.Key("CHAP_I")!, Challenge(challenge), Secret);
        var proof = initiator.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", "0b" + Convert.ToBase64String(digest)));

        Assert.Equal(0, proof.LoginStatus);
    }

    [Theory]
    [InlineData("0xalice")]
    [InlineData("0balice")]
    public async Task Chap_NameLooksLikeANumber_IsTakenLiterally(string user)
    {
        await using var server = new ServerUnderTest(chap: new ChapAccount(user, Secret, null, null));
        using var initiator = server.Connect();

        var challenge = Start(initiator, "5");
        var proof = initiator.Login(0x81, ("CHAP_N", user), ("CHAP_R", Respond(challenge, Secret)));

        Assert.Equal(0, proof.LoginStatus);
    }

    public static TheoryData<string, string, string?> BadProofs() => new()
    {
        { "wrong secret", "alice", null },
        { "unknown user", "mallory", "right" },
        { "response too short", "alice", "0x00" },
        { "response too long", "alice", "0x" + new string('0', 2000) },
        { "odd digits", "alice", "0x" + new string('0', 31) },
        { "not hexadecimal", "alice", "0x" + new string('g', 32) },
        { "bad base64", "alice", "0b!!!!" },
        { "oversize base64", "alice", "0b" + new string('A', 2000) },
        { "no prefix", "alice", new string('0', 32) },
        { "empty", "alice", "" },
    };

    [Theory]
    [MemberData(nameof(BadProofs))]
    public async Task Chap_BadProof_SameRefusalForAll(string why, string user, string? response)
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();

        var challenge = Start(initiator, "5");
        var given = response switch { null => Respond(challenge, "another-secret"), "right" => Respond(challenge, Secret), _ => response };
        var proof = initiator.Login(0x81, ("CHAP_N", user), ("CHAP_R", given));

        Assert.True(proof.LoginStatus == 0x0201, why);
        Assert.Empty(proof.Data);
        Assert.True(initiator.IsClosedByTarget());
        Assert.Equal(LoginRefusalReason.WrongChap, Assert.Single(server.Refusals).Reason);
    }

    [Fact]
    public async Task Chap_Mutual_TargetProvesItself()
    {
        await using var server = new ServerUnderTest(chap: _mutual);
        using var initiator = server.Connect();
        var own = RandomNumberGenerator.GetBytes(16);

        var challenge = Start(initiator, "7");
        var proof = initiator.Login(0x81,
            ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret)), ("CHAP_I", "0x2A"), ("CHAP_C", "0x" + Convert.ToHexString(own)));

        Assert.Equal("futago", proof.Key("CHAP_N"));
        Assert.Equal("0x" + Convert.ToHexStringLower(Answer("7", "42", own, MutualSecret)), proof.Key("CHAP_R"));
        Assert.Equal(0, initiator.Login(0x87).LoginStatus);
    }

    [Fact]
    public async Task Chap_MutualAskedOfOneWayTarget_IsRefused()
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();

        var challenge = Start(initiator, "5");
        var proof = initiator.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret)), ("CHAP_I", "1"), ("CHAP_C", "0x0102030405060708"));

        Assert.Equal(0x0201, proof.LoginStatus);
    }

    [Theory]
    [InlineData("256", "0x00112233")]
    [InlineData("-1", "0x00112233")]
    [InlineData("7", "0x")]
    [InlineData("7", "zzz")]
    public async Task Chap_MutualMalformed_IsRefused(string identifier, string ownChallenge)
    {
        await using var server = new ServerUnderTest(chap: _mutual);
        using var initiator = server.Connect();

        var challenge = Start(initiator, "5");
        var proof = initiator.Login(0x81,
            ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret)), ("CHAP_I", identifier), ("CHAP_C", ownChallenge));

        Assert.Equal(0x0201, proof.LoginStatus);
    }

    [Fact]
    public async Task Chap_OwnChallengeReflected_IsRefused()
    {
        await using var server = new ServerUnderTest(chap: _mutual);
        using var initiator = server.Connect();

        var challenge = Start(initiator, "5");
        var proof = initiator.Login(0x81,
            ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret)), ("CHAP_I", challenge.Key("CHAP_I")!), ("CHAP_C", challenge.Key("CHAP_C")!));

        Assert.Equal(0x0201, proof.LoginStatus);
        Assert.Null(proof.Key("CHAP_R"));
    }

    [Fact]
    public async Task Chap_ChallengeOfAnotherConnectionReflected_IsRefused()
    {
        await using var server = new ServerUnderTest(chap: _mutual);
        using var other = server.Connect();
        using var initiator = server.Connect();

        var borrowed = Start(other, "5");
        var challenge = Start(initiator, "5");
        var proof = initiator.Login(0x81,
            ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret)), ("CHAP_I", "1"), ("CHAP_C", borrowed.Key("CHAP_C")!));

        Assert.Equal(0x0201, proof.LoginStatus);
    }

    [Fact]
    public async Task Chap_ResponseReplayedOnNewConnection_IsRefused()
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var first = server.Connect();
        using var second = server.Connect();

        var response = Respond(Start(first, "5"), Secret);
        Assert.Equal(0, first.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", response)).LoginStatus);
        Start(second, "5");
        var replayed = second.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", response));

        Assert.Equal(0x0201, replayed.LoginStatus);
    }

    [Theory]
    [InlineData(0x81, "None")]
    [InlineData(0x81, "KRB5,SRP")]
    [InlineData(0x87, null)]
    [InlineData(0x83, null)]
    public async Task Chap_InitiatorAvoidsIt_IsRefusedAsRequired(byte flags, string? methods)
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();
        List<(string, string)> keys = [("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName)];
        if (methods is not null)
            keys.Add(("AuthMethod", methods));

        var response = initiator.Login(flags, keys);
        initiator.IsClosedByTarget();

        Assert.Equal(0x0201, response.LoginStatus);
        Assert.Equal(LoginRefusalReason.ChapRequired, Assert.Single(server.Refusals).Reason);
    }

    [Fact]
    public async Task Chap_TransitWithoutProof_StaysInTheStage()
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();
        Start(initiator, "5");

        var response = initiator.Login(0x83);

        Assert.Equal(0, response.Flags & 0x80);
        Assert.Empty(server.Server.Sessions);
    }

    [Fact]
    public async Task Chap_NoCommonAlgorithm_IsRefused()
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        using var initiator = server.Connect();

        Assert.Equal(0x0201, Start(initiator, "6,99").LoginStatus);
    }

    [Fact]
    public async Task Chap_ManyFailures_EvenTheRightSecretWaits()
    {
        await using var server = new ServerUnderTest(chap: _oneWay);
        for (var i = 0; i < 10; i++)
        {
            using var guesser = server.Connect();
            var guess = Start(guesser, "5");
            Assert.Equal(0x0201, guesser.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", Respond(guess, $"guess-number-{i}"))).LoginStatus);
        }
        using var throttled = server.Connect();
        var refused = throttled.Login(0x81, ("InitiatorName", throttled.Name), ("TargetName", ServerUnderTest.TargetName), ("AuthMethod", "CHAP"));
        server.Time.Advance(TimeSpan.FromSeconds(31));
        using var later = server.Connect();
        var challenge = Start(later, "5");

        Assert.Equal(0x0201, refused.LoginStatus);
        Assert.Equal(0, later.Login(0x81, ("CHAP_N", "alice"), ("CHAP_R", Respond(challenge, Secret))).LoginStatus);
    }

    [Theory]
    [InlineData("alice", "short", null, null)]
    [InlineData("", "long-enough-secret", null, null)]
    [InlineData("alice", "long-enough-secret", "futago", "long-enough-secret")]
    [InlineData("alice", "long-enough-secret", "futago", null)]
    [InlineData("alice", "long-enough-secret", "futago", "short")]
    public async Task SetTarget_UnsafeAccount_IsRefusedWithoutRepeatingTheSecret(string user, string secret, string? mutualUser, string? mutualSecret)
    {
        await using var server = new ServerUnderTest();

        var error = Assert.Throws<ArgumentException>(() =>
            server.Server.SetTarget(server.Definition(chap: new ChapAccount(user, secret, mutualUser, mutualSecret))));

        Assert.DoesNotContain("long-enough-secret", error.ToString(), StringComparison.Ordinal);
    }
}
