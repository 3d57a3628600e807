using Futago.Blocks;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>Data in both directions, RFC 7143 sections 11.3, 11.7, 11.8.</summary>
public sealed class ReadWriteTests
{
    public static TheoryData<bool, bool, bool, bool> Combinations()
    {
        var data = new TheoryData<bool, bool, bool, bool>();
        for (var i = 0; i < 16; i++)
            data.Add((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0);
        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task Write_EveryCombinationOfDataModesAndDigests_ReadsBackEqual(bool initialR2T, bool immediate, bool headerDigest, bool dataDigest)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(
            ("InitialR2T", initialR2T ? "Yes" : "No"), ("ImmediateData", immediate ? "Yes" : "No"),
            ("HeaderDigest", headerDigest ? "CRC32C" : "None"), ("DataDigest", dataDigest ? "CRC32C,None" : "None"),
            ("FirstBurstLength", "16384"), ("MaxBurstLength", "65536"), ("MaxOutstandingR2T", "3"), ("MaxRecvDataSegmentLength", "20000"));
        var content = new byte[400 * 512];
        new Random(7).NextBytes(content);

        var immediatePart = immediate ? content[..4096] : null;
        initiator.Send(initiator.Write(1, 100, 400, immediatePart, final: initialR2T));
        if (!initialR2T)
        {
            var from = immediatePart?.Length ?? 0;
            initiator.SendBurst(1, uint.MaxValue, (uint)from, content.AsSpan(from, 16384 - from), 5000);
        }
        var response = initiator.ServeR2ts(1, content, 9999);
        initiator.Send(initiator.Read(2, 100, 400));
        var (data, last) = initiator.Collect(2);

        Assert.Equal(0x21, response.Opcode);
        Assert.Equal(0, response.Status);
        Assert.Equal(0x80, response.Flags);
        Assert.Equal(content, data);
        Assert.Equal(0x81, last.Flags);
        Assert.Equal(content, server.Scsi.Medium.AsSpan(100 * 512, content.Length).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task Write_LongDataSegmentInPieces_IsTakenToItsEnd(int spinMicroseconds)
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { SpinTime = TimeSpan.FromMicroseconds(spinMicroseconds) });
        using var initiator = server.LogIn(("ImmediateData", "Yes"), ("FirstBurstLength", "262144"), ("MaxBurstLength", "262144"));
        var content = new byte[400 * 512];
        new Random(8).NextBytes(content);

        for (var tag = 1u; tag <= 3; tag++)
        {
            var wire = initiator.Encode(initiator.Write(tag, 100 * tag, 400, content));
            for (var sent = 0; sent < wire.Length;)
            {
                var length = Math.Min(30_000, wire.Length - sent);
                initiator.SendRaw(wire.AsSpan(sent, length));
                sent += length;
            }
            Assert.Equal(0, initiator.Expect(0x21).Status);
            Assert.Equal(content, server.Scsi.Medium.AsSpan((int)(100 * tag * 512), content.Length).ToArray());
        }
    }

    [Fact]
    public async Task Responses_OfCommandsThatEndInOneBatch_LeaveWhenItEnds()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.SendTogether(Enumerable.Range(1, 5).Select(tag => initiator.Read((uint)tag, 0, 8)));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 5);

        using (CompletionBatch.Begin())
        {
            for (var tag = 1u; tag <= 5; tag++)
                server.Scsi.Release(tag);
            Assert.Equal(0, initiator.Available);
        }

        Assert.Equal([1u, 2, 3, 4, 5], Enumerable.Range(0, 5).Select(_ => initiator.Expect(0x25).TaskTag));
    }

    [Fact]
    public async Task Read_LongerThanBurstAndSegment_IsCutAtBoth()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("MaxRecvDataSegmentLength", "3000"), ("MaxBurstLength", "8192"));

        initiator.Send(initiator.Read(1, 0, 40));
        var pdus = new List<WirePdu> { initiator.Expect(0x25) };
        while ((pdus[^1].Flags & 1) == 0)
            pdus.Add(initiator.Expect(0x25));

        Assert.Equal([3000, 3000, 2192, 3000, 3000, 2192, 3000, 1096], pdus.Select(p => p.Data.Length));
        Assert.Equal([0, 0, 0x80, 0, 0, 0x80, 0, 0x81], pdus.Select(p => (int)p.Flags));
        Assert.Equal([0u, 1, 2, 3, 4, 5, 6, 7], pdus.Select(p => p.U32(36)));
    }

    [Theory]
    [InlineData(2048u, 0x85)]
    [InlineData(4096u, 0x83)]
    public async Task Read_ExpectedLengthDiffers_ResidualIsExact(uint expected, byte flags)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.Read(1, 0, 6, expected));
        var (data, last) = initiator.Collect(1);

        Assert.Equal((int)Math.Min(expected, 3072), data.Length);
        Assert.Equal(flags, last.Flags);
        Assert.Equal((uint)Math.Abs(3072L - expected), last.U32(44));
    }

    [Fact]
    public async Task Write_LessExpectedThanCdbSays_OverflowResidual()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.Write(1, 0, 4, new byte[1024], expected: 1024));
        var response = initiator.Expect(0x21);

        Assert.Equal(0x84, response.Flags);
        Assert.Equal(1024u, response.U32(44));
    }

    [Fact]
    public async Task Write_MoreExpectedThanCdbSays_UnderflowResidualAndRestIsIgnored()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var content = Enumerable.Repeat((byte)0x5A, 2048).ToArray();

        initiator.Send(initiator.Write(1, 0, 2, content, expected: 2048));
        var response = initiator.Expect(0x21);

        Assert.Equal(0x82, response.Flags);
        Assert.Equal(1024u, response.U32(44));
        Assert.Equal(0x5A, server.Scsi.Medium[1023]);
        Assert.Equal(0, server.Scsi.Medium[1024]);
    }

    [Fact]
    public async Task Commands_ManyInFlightInOneSegment_AllAnswered()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.SendTogether(Enumerable.Range(0, 120).Select(i => initiator.Read((uint)i, (uint)i, 1)));
        var answers = Enumerable.Range(0, 120).Select(_ => initiator.Expect(0x25)).ToList();

        Assert.Equal(Enumerable.Range(0, 120).Select(i => (uint)i), answers.Select(a => a.TaskTag));
        Assert.Equal(answers[^1].ExpCmdSn + 127, answers[^1].MaxCmdSn);
    }

    [Fact]
    public async Task Commands_CompletedOutOfOrder_StatSnFollowsTheWire()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;

        initiator.SendTogether(initiator.Read(1, 0, 1), initiator.Read(2, 1, 1), initiator.Read(3, 2, 1));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 3);
        var first = initiator.ExpStatSn;
        List<WirePdu> answers = [];
        foreach (var tag in new uint[] { 3, 1, 2 })
        {
            server.Scsi.Release(tag);
            answers.Add(initiator.Expect(0x25));
        }

        Assert.Equal([3u, 1, 2], answers.Select(a => a.TaskTag));
        Assert.Equal([first, first + 1, first + 2], answers.Select(a => a.StatSn));
    }

    [Fact]
    public async Task Window_FullOfCommands_OpensWithEachEnd()
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { CommandWindow = 4 });
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.SendTogether(Enumerable.Range(1, 4).Select(i => initiator.Read((uint)i, 0, 1)));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 4);

        // Beyond the window: silently ignored, RFC 7143 section 4.2.2.1.
        initiator.Send(initiator.Read(5, 0, 1));
        initiator.CmdSn--;
        // Its answer says that the command before it has been looked at.
        initiator.Send(initiator.NopOut(6).With8(0, 0x40));
        initiator.CmdSn--;
        initiator.Expect(0x20);
        server.Scsi.Release(2);
        var answer = initiator.Expect(0x25);

        Assert.Equal(2u, answer.TaskTag);
        Assert.Equal(answer.ExpCmdSn, answer.MaxCmdSn);
        Assert.Equal(4, server.Scsi.Accepted.Count);
    }

    [Fact]
    public async Task Commands_OutOfOrderByCmdSn_ReachTheTargetInOrder()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var content = Enumerable.Repeat((byte)1, 512).ToArray();

        var first = initiator.Write(1, 0, 1, content);
        var second = initiator.Write(2, 0, 1, [.. content.Select(_ => (byte)2)]);
        var third = initiator.NopOut(3);
        initiator.SendTogether(third, second, first);
        var tags = Enumerable.Range(0, 3).Select(_ => initiator.Receive().TaskTag).ToList();

        Assert.Equal([1u, 2, 3], tags);
        Assert.Equal([1u, 2], server.Scsi.Accepted.ToArray());
        Assert.Equal(2, server.Scsi.Medium[0]);
    }

    [Fact]
    public async Task Pool_Exhausted_AnswersTaskSetFullAfterTheData()
    {
        await using var server = new ServerUnderTest(poolBytes: 160 << 10);
        using var initiator = server.LogIn(("InitialR2T", "No"));

        initiator.Send(initiator.Write(1, 0, 1024, new byte[8192], final: false));
        initiator.SendBurst(1, uint.MaxValue, 8192, new byte[32768], 8192);
        var response = initiator.Expect(0x21);
        initiator.Send(initiator.Write(2, 0, 1, new byte[512]));
        var next = initiator.Expect(0x21);

        Assert.Equal(0x28, response.Status);
        Assert.Equal(0, next.Status);
    }

    [Fact]
    public async Task Read_UnknownLun_SenseInResponse()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.Read(1, 0, 1).With8(9, 5));
        var response = initiator.Expect(0x21);

        Assert.Equal(2, response.Status);
        Assert.Equal(0x2500, response.AdditionalSense);
        Assert.Equal(0x82, response.Flags);
        Assert.Equal(512u, response.U32(44));
    }

    [Fact]
    public async Task Session_AfterTraffic_CountsCommandsAndBytes()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.Write(1, 0, 2, new byte[1024]));
        initiator.Expect(0x21);
        initiator.Send(initiator.Read(2, 0, 1));
        initiator.Collect(2);
        var session = Assert.Single(server.Server.Sessions);

        Assert.Equal((2, 512, 1024), (session.Commands, session.BytesRead, session.BytesWritten));
        Assert.Equal("800000010000", session.Isid);
        Assert.Equal("262144", session.Parameters["MaxRecvDataSegmentLength"]);
    }
}
