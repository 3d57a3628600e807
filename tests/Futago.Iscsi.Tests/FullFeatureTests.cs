using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>NOP, text, logout, reject, keep-alive, SNACK: RFC 7143 sections 11.9 to 11.19.</summary>
public sealed class FullFeatureTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    public async Task Nop_WithTag_ComesBackWithItsData(int length)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var data = new byte[length];
        new Random(1).NextBytes(data);

        initiator.Send(initiator.NopOut(9, data));
        var answer = initiator.Expect(0x20);

        Assert.Equal((9u, uint.MaxValue), (answer.TaskTag, answer.TransferTag));
        Assert.Equal(data, answer.Data);
    }

    [Fact]
    public async Task Nop_Immediate_LeavesTheWindowAlone()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        var ping = initiator.NopOut(9).With8(0, 0x40);
        initiator.CmdSn--;
        initiator.Send(ping);
        var answer = initiator.Expect(0x20);

        Assert.Equal(initiator.CmdSn, answer.ExpCmdSn);
        Assert.Equal(initiator.CmdSn + 127, answer.MaxCmdSn);
    }

    [Fact]
    public async Task Nop_Flood_IsAnsweredCompletely()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        const int Count = 2000;

        var sender = Task.Run(() =>
        {
            for (var i = 0; i < Count / 100; i++)
                initiator.SendTogether(Enumerable.Range(0, 100).Select(n => WirePdu.New(0x40, 0x80, (uint)(i * 100 + n), new byte[1000]).With32(20, uint.MaxValue)));
        });
        for (var i = 0u; i < Count; i++)
            Assert.Equal(i, initiator.Expect(0x20).TaskTag);

        await sender;
    }

    [Fact]
    public async Task KeepAlive_SilentInitiator_IsPingedAndStaysWhenItAnswers()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        server.Time.Advance(TimeSpan.FromSeconds(16));
        var ping = initiator.Expect(0x20);
        initiator.Send(WirePdu.New(0x40, 0x80, uint.MaxValue).With32(20, ping.TransferTag).With32(24, initiator.CmdSn));
        initiator.Send(initiator.Read(1, 0, 1));
        initiator.Collect(1);
        server.Time.Advance(TimeSpan.FromSeconds(16));
        var second = initiator.Expect(0x20);

        Assert.Equal(uint.MaxValue, ping.TaskTag);
        Assert.NotEqual(uint.MaxValue, ping.TransferTag);
        Assert.NotEqual(ping.TransferTag, second.TransferTag);
        Assert.Single(server.Server.Sessions);
    }

    [Fact]
    public async Task KeepAlive_NoAnswer_EndsTheSession()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        server.Time.Advance(TimeSpan.FromSeconds(16));
        server.Time.Advance(TimeSpan.FromSeconds(31));
        var session = server.WaitClosed();

        Assert.Equal(ServerUnderTest.TargetName, session.TargetName);
        Assert.Single(server.Scsi.Closed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Logout_SessionOrConnection_IsAnsweredThenClosed(byte reason)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.Logout(5, reason));
        var answer = initiator.Expect(0x26);

        Assert.Equal((5u, 0), (answer.TaskTag, answer.Header[2]));
        Assert.True(initiator.IsClosedByTarget());
        server.WaitClosed();
        Assert.Empty(server.Server.Sessions);
    }

    [Theory]
    [InlineData(1, 99, 1)]
    [InlineData(2, 0, 2)]
    public async Task Logout_NotPossible_SaysWhyAndGoesOn(byte reason, ushort cid, byte response)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.Logout(5, reason, cid));
        var answer = initiator.Expect(0x26);
        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(response, answer.Header[2]);
        Assert.Equal(512, initiator.Collect(1).Data.Length);
    }

    [Theory]
    [InlineData(0x10, 0x03)] // SNACK
    [InlineData(0x43, 0x04)] // login in full-feature phase
    [InlineData(0x1C, 0x05)] // vendor-specific
    [InlineData(0x21, 0x05)] // an opcode of targets
    public async Task Pdu_NotSupported_IsRejectedWithItsHeader(byte opcode, byte reason)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var bad = WirePdu.New(opcode, 0x80, 3);

        initiator.Send(bad);
        var reject = initiator.Expect(0x3F);
        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(reason, reject.Header[2]);
        Assert.Equal(bad.Header, reject.Data);
        Assert.Equal(uint.MaxValue, reject.TaskTag);
        Assert.Equal(512, initiator.Collect(1).Data.Length);
    }

    [Fact]
    public async Task Text_SegmentLengthDeclaredAgain_HoldsFromThenOn()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("MaxRecvDataSegmentLength", "8192"));

        initiator.Send(initiator.TextRequest(7, ("MaxRecvDataSegmentLength", "512"), ("InitialR2T", "No"), ("X-unknown", "1")));
        var answer = initiator.Expect(0x24);
        initiator.Send(initiator.Read(1, 0, 2));

        Assert.Equal("262144", answer.Key("MaxRecvDataSegmentLength"));
        Assert.Equal("Reject", answer.Key("InitialR2T"));
        Assert.Equal("NotUnderstood", answer.Key("X-unknown"));
        Assert.Equal(512, initiator.Expect(0x25).Data.Length);
        Assert.Equal(512, initiator.Expect(0x25).Data.Length);
    }

    [Fact]
    public async Task Text_Malformed_IsRejectedAndSessionGoesOn()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(new WirePdu(initiator.TextRequest(7).Header, "no terminator"u8.ToArray()));
        var reject = initiator.Expect(0x3F);
        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(0x04, reject.Header[2]);
        Assert.Equal(512, initiator.Collect(1).Data.Length);
    }

    [Fact]
    public async Task Text_UnknownTransferTag_IsRejected()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.TextRequest(7).With32(20, 1234));

        Assert.Equal(0x09, initiator.Expect(0x3F).Header[2]);
    }

    [Fact]
    public async Task Segment_LongerThanDeclared_ClosesTheConnection()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.SendRaw(initiator.NopOut(1).With32(4, (256 << 10) + 1).Header);

        Assert.True(initiator.IsClosedByTarget());
    }

    [Fact]
    public async Task HeaderDigest_Wrong_ClosesTheConnection()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("HeaderDigest", "CRC32C"));
        var bytes = initiator.Encode(initiator.NopOut(1));
        bytes[^1] ^= 1;

        initiator.SendRaw(bytes);

        Assert.True(initiator.IsClosedByTarget());
    }

    [Fact]
    public async Task DataDigest_WrongInWrite_EndsTheTaskNotTheSession()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("DataDigest", "CRC32C"));
        var bytes = initiator.Encode(initiator.Write(1, 0, 1, Enumerable.Repeat((byte)7, 512).ToArray()));
        bytes[^1] ^= 1;

        initiator.SendRaw(bytes);
        var reject = initiator.Expect(0x3F);
        var response = initiator.Expect(0x21);
        initiator.Send(initiator.Read(2, 0, 1));

        Assert.Equal(0x02, reject.Header[2]);
        Assert.Equal((2, 0x4705), (response.Status, response.AdditionalSense));
        Assert.All(initiator.Collect(2).Data, b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task Command_TagInUse_IsRejectedAndOrderGoesOn()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.Send(initiator.Read(1, 0, 1));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 1);

        initiator.Send(initiator.Read(1, 1, 1));
        var reject = initiator.Expect(0x3F);
        initiator.Send(initiator.Read(2, 2, 1));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 2);
        server.Scsi.Release(2);

        Assert.Equal(0x07, reject.Header[2]);
        Assert.Equal(2u, initiator.Expect(0x25).TaskTag);
    }

    [Fact]
    public async Task ImmediateCommands_TooMany_AreRejected()
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { MaxImmediateCommands = 2 });
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;

        foreach (var tag in new uint[] { 1, 2, 3 })
        {
            initiator.Send(initiator.Read(tag, 0, 1).With8(0, 0x41));
            initiator.CmdSn--;
        }
        var reject = initiator.Expect(0x3F);

        Assert.Equal(0x06, reject.Header[2]);
        Assert.Equal(2, server.Scsi.HeldCount);
    }

    [Fact]
    public async Task LongCdb_InAhs_ReachesTheTargetWhole()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        // 16 bytes in the header, 16 more in an AHS of type 1: AHSLength 17, padded to 5 words.
        var command = initiator.Read(1, 3, 1).With8(4, 5);
        byte[] ahs = [0, 17, 1, 0, .. new byte[16]];

        initiator.SendRaw([.. initiator.Encode(command), .. ahs]);

        Assert.Equal(512, initiator.Collect(1).Data.Length);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 200, 1)]
    [InlineData(0, 17, 9)]
    public async Task Ahs_Malformed_FailsTheCommand(byte lengthHigh, byte lengthLow, byte type)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        byte[] ahs = [lengthHigh, lengthLow, type, 0, .. new byte[16]];

        initiator.SendRaw([.. initiator.Encode(initiator.Read(1, 3, 1).With8(4, 5)), .. ahs]);
        var response = initiator.Expect(0x21);

        Assert.Equal((2, 0x2400), (response.Status, response.AdditionalSense));
        Assert.Empty(server.Scsi.Accepted);
    }
}
