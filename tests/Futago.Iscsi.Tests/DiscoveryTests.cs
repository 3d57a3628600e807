using System.Net;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>Discovery, RFC 7143 section 4.3 and appendix C.</summary>
public sealed class DiscoveryTests
{
    private const string Hidden = "iqn.2026-01.example.futago:hidden";
    private const string Named = "iqn.2026-01.example.futago:named";

    private static ServerUnderTest Create()
    {
        var server = new ServerUnderTest();
        server.Server.SetTarget(server.Definition(Hidden, rules: [new AccessRule(IPNetwork.Parse("10.0.0.0/8"), null)]));
        server.Server.SetTarget(server.Definition(Named, rules: [new AccessRule(null, ScriptedInitiator.DefaultName)]));
        return server;
    }

    [Theory]
    [InlineData(ScriptedInitiator.DefaultName, new[] { Named, ServerUnderTest.TargetName })]
    [InlineData("iqn.2026-01.example.test:other", new[] { ServerUnderTest.TargetName })]
    public async Task SendTargets_All_ListsOnlyWhatThisInitiatorMayUse(string name, string[] expected)
    {
        await using var server = Create();
        using var initiator = server.Connect();
        initiator.Name = name;

        var login = initiator.LoginDiscovery();
        initiator.Send(initiator.TextRequest(5, ("SendTargets", "All")));
        var answer = initiator.Expect(0x24);

        Assert.Equal(0, login.LoginStatus);
        Assert.Null(login.Key("TargetPortalGroupTag"));
        Assert.Equal(expected, answer.Keys.Where(k => k.Key == "TargetName").Select(k => k.Value));
        Assert.All(answer.Keys.Where(k => k.Key == "TargetAddress"), k => Assert.Equal($"{server.EndPoint},1", k.Value));
    }

    [Theory]
    [InlineData("", new[] { ServerUnderTest.TargetName })]
    [InlineData(ServerUnderTest.TargetName, new[] { ServerUnderTest.TargetName })]
    [InlineData(Named, new string[0])]
    public async Task SendTargets_InNormalSession_TellsOnlyOfItsOwnTarget(string value, string[] expected)
    {
        await using var server = Create();
        using var initiator = server.LogIn();

        initiator.Send(initiator.TextRequest(5, ("SendTargets", value)));
        var answer = initiator.Expect(0x24);

        Assert.Equal(expected, answer.Keys.Where(k => k.Key == "TargetName").Select(k => k.Value));
    }

    [Fact]
    public async Task SendTargets_AllInNormalSession_IsRejected()
    {
        await using var server = Create();
        using var initiator = server.LogIn();

        initiator.Send(initiator.TextRequest(5, ("SendTargets", "All")));

        Assert.Equal("Reject", initiator.Expect(0x24).Key("SendTargets"));
    }

    [Fact]
    public async Task SendTargets_LongerThanASegment_ContinuesOnRequest()
    {
        await using var server = new ServerUnderTest();
        for (var i = 0; i < 200; i++)
            server.Server.SetTarget(server.Definition($"iqn.2026-01.example.futago:many{i:000}"));
        using var initiator = server.Connect();
        initiator.LoginDiscovery();
        List<byte> text = [];

        initiator.Send(initiator.TextRequest(5, ("SendTargets", "All")));
        var answer = initiator.Expect(0x24);
        var parts = 1;
        while ((answer.Flags & 0x80) == 0)
        {
            Assert.Equal(0x40, answer.Flags);
            text.AddRange(answer.Data);
            initiator.Send(initiator.TextRequest(5).With32(20, answer.TransferTag));
            answer = initiator.Expect(0x24);
            parts++;
        }
        text.AddRange(answer.Data);

        Assert.Equal(2, parts);
        Assert.Equal(201, new WirePdu(answer.Header, [.. text]).Keys.Count(k => k.Key == "TargetName"));
    }

    [Fact]
    public async Task Discovery_Command_IsRejected()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();
        initiator.LoginDiscovery();

        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(0x04, initiator.Expect(0x3F).Header[2]);
        Assert.Empty(server.Scsi.Opened);
    }

    [Theory]
    [InlineData("MaxConnections", "4", "Irrelevant")]
    [InlineData("InitialR2T", "No", "Irrelevant")]
    [InlineData("HeaderDigest", "CRC32C", "CRC32C")]
    [InlineData("DefaultTime2Wait", "5", "5")]
    public async Task Discovery_KeysOfNormalSessions_AreIrrelevant(string key, string offered, string answer)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        var response = initiator.Login(0x87, ("InitiatorName", initiator.Name), ("SessionType", "Discovery"), (key, offered));

        Assert.Equal(answer, response.Key(key));
    }

    [Fact]
    public async Task Discovery_ChapRequired_NothingIsListedWithoutIt()
    {
        await using var server = new ServerUnderTest();
        server.Server.SetDiscoveryChap(new ChapAccount("alice", "a-long-secret", null, null));
        using var initiator = server.Connect();

        Assert.Equal(0x0201, initiator.LoginDiscovery().LoginStatus);
    }
}
