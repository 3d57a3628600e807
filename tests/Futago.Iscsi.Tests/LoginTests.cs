using System.Net;
using Futago.Iscsi.Login;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>Login phase, RFC 7143 sections 6 and 11.12, 11.13.</summary>
public sealed class LoginTests
{
    [Theory]
    [InlineData("HeaderDigest", "CRC32C,None", "CRC32C")]
    [InlineData("HeaderDigest", "None,CRC32C", "None")]
    [InlineData("HeaderDigest", "SHA1", "Reject")]
    [InlineData("DataDigest", "CRC32C", "CRC32C")]
    [InlineData("MaxConnections", "8", "4")]
    [InlineData("MaxConnections", "1", "1")]
    [InlineData("MaxConnections", "0", "Reject")]
    [InlineData("MaxConnections", "65536", "Reject")]
    [InlineData("InitialR2T", "Yes", "Yes")]
    [InlineData("InitialR2T", "No", "No")]
    [InlineData("InitialR2T", "yes", "Reject")]
    [InlineData("ImmediateData", "Yes", "Yes")]
    [InlineData("ImmediateData", "No", "No")]
    [InlineData("MaxBurstLength", "16776192", "1048576")]
    [InlineData("MaxBurstLength", "0x8000", "32768")]
    [InlineData("MaxBurstLength", "511", "Reject")]
    [InlineData("MaxBurstLength", "16777216", "Reject")]
    [InlineData("MaxBurstLength", "99999999999999999999", "Reject")]
    [InlineData("MaxBurstLength", "-512", "Reject")]
    [InlineData("MaxBurstLength", "", "Reject")]
    [InlineData("FirstBurstLength", "65536", "65536")]
    [InlineData("FirstBurstLength", "1000000", "262144")]
    [InlineData("DefaultTime2Wait", "0", "2")]
    [InlineData("DefaultTime2Wait", "3601", "Reject")]
    [InlineData("DefaultTime2Retain", "20", "0")]
    [InlineData("MaxOutstandingR2T", "1", "1")]
    [InlineData("MaxOutstandingR2T", "16", "4")]
    [InlineData("DataPDUInOrder", "No", "Yes")]
    [InlineData("DataSequenceInOrder", "No", "Yes")]
    [InlineData("ErrorRecoveryLevel", "2", "0")]
    [InlineData("ErrorRecoveryLevel", "3", "Reject")]
    [InlineData("TaskReporting", "FastAbort,RFC3720", "RFC3720")]
    [InlineData("iSCSIProtocolLevel", "2", "1")]
    [InlineData("IFMarker", "Yes", "No")]
    [InlineData("OFMarker", "No", "No")]
    [InlineData("IFMarkInt", "1~65535", "Reject")]
    [InlineData("X-com.example.key", "whatever", "NotUnderstood")]
    [InlineData("RDMAExtensions", "Yes", "NotUnderstood")]
    public async Task Key_Offered_AnsweredByItsResultFunction(string key, string offered, string answer)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        var response = initiator.LoginNormal(ServerUnderTest.TargetName, (key, offered));

        Assert.Equal(0, response.LoginStatus);
        Assert.Equal(answer, response.Key(key));
    }

    [Fact]
    public void KeyTable_EveryNegotiatedKeyOfTheStandard_IsThere()
    {
        string[] expected =
        [
            "DataDigest", "DataPDUInOrder", "DataSequenceInOrder", "DefaultTime2Retain", "DefaultTime2Wait", "ErrorRecoveryLevel",
            "FirstBurstLength", "HeaderDigest", "IFMarkInt", "IFMarker", "ImmediateData", "InitialR2T", "MaxBurstLength", "MaxConnections",
            "MaxOutstandingR2T", "MaxRecvDataSegmentLength", "OFMarkInt", "OFMarker", "TaskReporting", "iSCSIProtocolLevel",
        ];

        var names = KeyTable.Keys.Select(k => k.Name).Order(StringComparer.Ordinal);

        Assert.Equal(expected, names);
    }

    [Fact]
    public async Task Login_Normal_TellsWhatTheStandardWants()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();
        initiator.ExpStatSn = 77;
        initiator.CmdSn = 500;

        var response = initiator.LoginNormal(ServerUnderTest.TargetName, ("MaxRecvDataSegmentLength", "65536"));

        Assert.Equal("1", response.Key("TargetPortalGroupTag"));
        Assert.Equal("disk", response.Key("TargetAlias"));
        Assert.Equal("262144", response.Key("MaxRecvDataSegmentLength"));
        Assert.Equal(0x87, response.Flags);
        Assert.NotEqual(0, initiator.Tsih);
        Assert.Equal(77u, response.StatSn);
        Assert.Equal(500u, response.ExpCmdSn);
        Assert.Equal(627u, response.MaxCmdSn);
        var nexus = Assert.Single(server.Scsi.Opened);
        Assert.Equal("iqn.2026-01.example.test:initiator,i,0x800000010000", nexus.InitiatorPort);
        Assert.Equal("65536", Assert.Single(server.Server.Sessions).Parameters["InitiatorMaxRecvDataSegmentLength"]);
    }

    [Fact]
    public async Task Login_TextOverSeveralRequests_IsPutTogether()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();
        var text = ScriptedInitiator.Text(("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName), ("MaxBurstLength", "32768"));

        var part = initiator.LoginRequest(0x44); // C, CSG=1
        initiator.Send(new WirePdu(part.Header, text[..20]));
        var empty = initiator.Expect(0x23);
        var rest = initiator.LoginRequest(0x87);
        initiator.Send(new WirePdu(rest.Header, text[20..]));
        var response = initiator.Expect(0x23);

        Assert.Empty(empty.Data);
        Assert.Equal(0, response.LoginStatus);
        Assert.Equal("32768", response.Key("MaxBurstLength"));
    }

    [Fact]
    public async Task Login_SecurityStageWithoutAuthentication_GoesOnToOperational()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        var security = initiator.Login(0x81, ("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName), ("AuthMethod", "CHAP,None"));
        var operational = initiator.Login(0x87, ("InitialR2T", "No"));

        Assert.Equal((0x81, "None"), (security.Flags, security.Key("AuthMethod")));
        Assert.Equal((0x87, "No"), (operational.Flags, operational.Key("InitialR2T")));
    }

    public static TheoryData<byte, int, string> BadStages() => new()
    {
        { 0x85, 0x0200, "NSG equals CSG" },
        { 0x84, 0x0200, "NSG before CSG" },
        { 0x86, 0x0200, "NSG 2 is undefined" },
        { 0x8B, 0x0200, "CSG 2 is undefined" },
        { 0x8F, 0x0200, "CSG 3 is no login stage" },
        { 0xC7, 0x0200, "T and C together" },
    };

    [Theory]
    [MemberData(nameof(BadStages))]
    public async Task Login_IllegalStage_IsRefusedAndClosed(byte flags, int status, string why)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        var response = initiator.Login(flags, ("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName));

        Assert.True(status == response.LoginStatus, why);
        Assert.True(initiator.IsClosedByTarget());
    }

    [Fact]
    public async Task Login_StageGoesBack_IsRefused()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        initiator.Login(0x04, ("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName));
        var response = initiator.Login(0x81);

        Assert.Equal(0x0200, response.LoginStatus);
    }

    [Theory]
    [InlineData(0x0207, "", ServerUnderTest.TargetName, "Normal")]
    [InlineData(0x0207, "iqn.2026-01.a:b", "", "Normal")]
    [InlineData(0x0200, "not-a-name", ServerUnderTest.TargetName, "Normal")]
    [InlineData(0x0203, "iqn.2026-01.a:b", "iqn.2026-01.example.futago:absent", "Normal")]
    [InlineData(0x0203, "iqn.2026-01.a:b", "nonsense", "Normal")]
    [InlineData(0x0209, "iqn.2026-01.a:b", ServerUnderTest.TargetName, "Strange")]
    public async Task Login_NamesMissingOrWrong_StatusSaysWhich(int status, string initiatorName, string targetName, string type)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();
        List<(string, string)> keys = [("SessionType", type)];
        if (initiatorName.Length > 0)
            keys.Add(("InitiatorName", initiatorName));
        if (targetName.Length > 0)
            keys.Add(("TargetName", targetName));

        var response = initiator.Login(0x87, keys);

        Assert.Equal(status, response.LoginStatus);
        Assert.True(initiator.IsClosedByTarget());
    }

    [Fact]
    public async Task Login_VersionTooNew_IsRefused()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        initiator.Send(initiator.LoginRequest(0x87, ("InitiatorName", initiator.Name)).With8(3, 1));

        Assert.Equal(0x0205, initiator.Expect(0x23).LoginStatus);
    }

    [Fact]
    public async Task Login_NoAccessRuleMatches_IsRefusedAndReported()
    {
        await using var server = new ServerUnderTest();
        server.Server.SetTarget(server.Definition(rules:
        [
            new AccessRule(IPNetwork.Parse("10.0.0.0/8"), null), new AccessRule(null, "iqn.2026-01.example.test:other"), new AccessRule(null, null),
        ]));
        using var initiator = server.Connect();

        var response = initiator.LoginNormal(ServerUnderTest.TargetName);

        Assert.Equal(0x0202, response.LoginStatus);
        Assert.True(initiator.IsClosedByTarget());
        Assert.Equal(
            new LoginRefusal(IPAddress.Loopback, ScriptedInitiator.DefaultName, ServerUnderTest.TargetName, LoginRefusalReason.NoAccessRule),
            Assert.Single(server.Refusals));
    }

    [Fact]
    public async Task Login_RuleByInitiatorName_IgnoresCase()
    {
        await using var server = new ServerUnderTest();
        server.Server.SetTarget(server.Definition(rules: [new AccessRule(null, "iqn.2026-01.example.test:a_host")]));
        using var initiator = server.Connect();
        initiator.Name = "iqn.2026-01.Example.Test:A_Host";

        Assert.Equal(0, initiator.LoginNormal(ServerUnderTest.TargetName.ToUpperInvariant().Replace("IQN.", "iqn.", StringComparison.Ordinal)).LoginStatus);
    }

    [Fact]
    public async Task Login_UnknownTarget_IsReported()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        initiator.LoginNormal("iqn.2026-01.example.futago:none");
        initiator.IsClosedByTarget();

        Assert.Equal(LoginRefusalReason.UnknownTarget, Assert.Single(server.Refusals).Reason);
    }

    [Fact]
    public async Task Login_RepeatedKey_IsRefused()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        var response = initiator.LoginNormal(ServerUnderTest.TargetName, ("InitialR2T", "No"), ("InitialR2T", "Yes"));

        Assert.Equal(0x0200, response.LoginStatus);
    }

    public static TheoryData<string, byte[]> MalformedTexts() => new()
    {
        { "no terminator", "InitiatorName=iqn.2026-01.a:b"u8.ToArray() },
        { "no equals sign", "InitiatorName\0"u8.ToArray() },
        { "empty key", "=value\0"u8.ToArray() },
        { "key too long", [.. Enumerable.Repeat((byte)'k', 64), .. "=v\0"u8] },
        { "value too long", [.. "X-a="u8, .. Enumerable.Repeat((byte)'v', 256), 0] },
        { "not UTF-8", [.. "X-a="u8, 0xFF, 0xFE, 0] },
        { "too many keys", [.. Enumerable.Range(0, 200).SelectMany(i => System.Text.Encoding.ASCII.GetBytes($"k{i}=1\0"))] },
    };

    [Theory]
    [MemberData(nameof(MalformedTexts))]
    public async Task Login_MalformedText_IsRefused(string why, byte[] text)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();

        initiator.Send(new WirePdu(initiator.LoginRequest(0x87).Header, text));

        Assert.True(initiator.Expect(0x23).LoginStatus == 0x0200, why);
        Assert.True(initiator.IsClosedByTarget());
    }

    [Fact]
    public async Task Login_EndlessContinuation_IsCutOff()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();
        WirePdu response;
        var rounds = 0;

        do
        {
            initiator.Send(new WirePdu(initiator.LoginRequest(0x44).Header, new byte[8000]));
            response = initiator.Expect(0x23);
        }
        while (response.LoginStatus == 0 && ++rounds < 100);

        Assert.Equal(0x0200, response.LoginStatus);
        Assert.Equal(8, rounds);
    }

    [Fact]
    public async Task Login_EndlessNegotiation_IsCutOff()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.Connect();
        initiator.Login(0x04, ("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName));
        var rounds = 1;

        while (initiator.Login(0x04).LoginStatus == 0 && rounds < 100)
            rounds++;

        Assert.Equal(32, rounds);
    }

    public static TheoryData<string, byte[]> Garbage() => new()
    {
        { "HTTP request", System.Text.Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: futago.example\r\nUser-Agent: scanner/1.0\r\n\r\n") },
        { "command before login", WirePdu.New(0x01, 0x80, 1).Header },
        { "text before login", WirePdu.New(0x04, 0x80, 1).Header },
        { "NOP before login", WirePdu.New(0x40, 0x80, 1).Header },
        { "response opcode", WirePdu.New(0x23, 0x80, 1).Header },
        { "huge login text", WirePdu.New(0x43, 0x87, 1).With32(4, 0x00FFFFFF).Header },
        { "login with AHS", WirePdu.New(0x43, 0x87, 1).With8(4, 255).Header },
        { "all ones", [.. Enumerable.Repeat((byte)0xFF, 48)] },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Connection_GarbageBeforeLogin_IsClosedAndOthersGoOn(string why, byte[] bytes)
    {
        await using var server = new ServerUnderTest();
        using var victim = server.LogIn();
        using var initiator = server.Connect();

        initiator.SendRaw(bytes);
        var closed = initiator.IsClosedByTarget();
        victim.Send(victim.Read(1, 0, 1));

        Assert.True(closed, why);
        Assert.Equal(512, victim.Collect(1).Data.Length);
    }

    [Fact]
    public async Task Connection_NoLoginInTime_IsClosed()
    {
        await using var server = new ServerUnderTest();
        using var slow = server.Connect();
        slow.Login(0x04, ("InitiatorName", slow.Name), ("TargetName", ServerUnderTest.TargetName));

        server.Time.Advance(TimeSpan.FromSeconds(16));

        Assert.True(slow.IsClosedByTarget());
    }

    [Fact]
    public async Task Connections_HalfOpenBeyondLimit_AreClosed()
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { MaxHalfOpenPerAddress = 2 });
        using var first = server.Connect();
        first.Login(0x04, ("InitiatorName", first.Name), ("TargetName", ServerUnderTest.TargetName));
        using var second = server.Connect();
        second.Login(0x04, ("InitiatorName", second.Name), ("TargetName", ServerUnderTest.TargetName));
        using var third = server.Connect();

        var closed = third.IsClosedByTarget();
        var finished = first.Login(0x87);
        using var fourth = server.Connect();
        fourth.Isid = [0x80, 0, 0, 4, 0, 0];

        Assert.True(closed);
        Assert.Equal(0, finished.LoginStatus);
        Assert.Equal(0, fourth.LoginNormal(ServerUnderTest.TargetName).LoginStatus);
    }

    [Fact]
    public async Task Sessions_BeyondTheLimitOfTheTarget_AreRefusedAndReported()
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { MaxSessionsPerTarget = 1 });
        using var first = server.LogIn();
        using var second = server.Connect();
        second.Isid = [0x80, 0, 0, 2, 0, 0];

        var response = second.LoginNormal(ServerUnderTest.TargetName);
        second.IsClosedByTarget();

        Assert.Equal(0x0302, response.LoginStatus);
        Assert.Equal(LoginRefusalReason.TooManySessions, Assert.Single(server.Refusals).Reason);
    }
}
