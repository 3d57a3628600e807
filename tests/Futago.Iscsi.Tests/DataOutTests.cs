using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>Data-Out that breaks the rules of RFC 7143 section 11.7 costs its task, and never writes a byte.</summary>
public sealed class DataOutTests
{
    private const int IncorrectAmount = 0x0C0D;
    private const int Unexpected = 0x0C0C;

    private static async Task Check(Action<ScriptedInitiator, WirePdu> violate, int sense, int blocks = 256)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("InitialR2T", "Yes"), ("MaxBurstLength", "65536"), ("MaxOutstandingR2T", "1"));

        initiator.Send(initiator.Write(1, 0, (ushort)blocks));
        violate(initiator, initiator.Expect(0x31));
        var response = initiator.Expect(0x21);
        initiator.Send(initiator.Read(2, 0, (ushort)blocks));
        var (data, _) = initiator.Collect(2);

        Assert.Equal((2, sense), (response.Status, response.AdditionalSense));
        Assert.All(data, b => Assert.Equal(0, b));
        Assert.Equal([1u, 2], server.Scsi.Accepted.ToArray());
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Repeat((byte)0xEE, length)];

    [Fact]
    public Task Solicited_DataSnWrong_FailsTheTask() =>
        Check((i, r2t) => i.Send(i.DataOut(1, r2t.TransferTag, 27, 0, Bytes(1024), false)), IncorrectAmount);

    [Fact]
    public Task Solicited_OffsetAhead_FailsTheTask() =>
        Check((i, r2t) => i.Send(i.DataOut(1, r2t.TransferTag, 0, 1024, Bytes(1024), false)), IncorrectAmount);

    [Fact]
    public Task Solicited_OffsetFarBeyondTheBuffer_FailsTheTask() =>
        Check((i, r2t) => i.Send(i.DataOut(1, r2t.TransferTag, 0, 0xFFFFF000, Bytes(4096), false)), IncorrectAmount);

    [Fact]
    public Task Solicited_MoreThanAskedFor_FailsTheTask() =>
        Check((i, r2t) => i.Send(i.DataOut(1, r2t.TransferTag, 0, 0, Bytes(65536 + 4), true)), IncorrectAmount);

    [Fact]
    public Task Solicited_FinalTooEarly_FailsTheTask() =>
        Check((i, r2t) => i.Send(i.DataOut(1, r2t.TransferTag, 0, 0, Bytes(512), true)), IncorrectAmount);

    [Fact]
    public Task Solicited_FinalMissing_FailsTheTask() =>
        Check((i, r2t) => i.Send(i.DataOut(1, r2t.TransferTag, 0, 0, Bytes(65536), false)), IncorrectAmount);

    [Fact]
    public Task Solicited_Repeated_FailsTheTask() =>
        Check((i, r2t) =>
        {
            i.Send(i.DataOut(1, r2t.TransferTag, 0, 0, Bytes(512), false));
            i.Send(i.DataOut(1, r2t.TransferTag, 0, 0, Bytes(512), false));
        }, IncorrectAmount);

    [Fact]
    public Task Unsolicited_NotAnnounced_FailsTheTask() =>
        Check((i, _) => i.Send(i.DataOut(1, uint.MaxValue, 0, 0, Bytes(512), true)), Unexpected);

    [Fact]
    public async Task Unsolicited_BeyondFirstBurst_FailsTheTask()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("InitialR2T", "No"), ("FirstBurstLength", "1024"));

        initiator.Send(initiator.Write(1, 0, 8, Bytes(1024), final: false));
        initiator.Send(initiator.DataOut(1, uint.MaxValue, 0, 1024, Bytes(512), true));
        var response = initiator.Expect(0x21);

        Assert.Equal((2, IncorrectAmount), (response.Status, response.AdditionalSense));
        Assert.Equal(0, server.Scsi.Medium[0]);
    }

    [Theory]
    [InlineData("No", 512, 512u, Unexpected)]
    [InlineData("Yes", 1024, 512u, IncorrectAmount)]
    [InlineData("Yes", 2048, 4096u, IncorrectAmount)]
    public async Task Immediate_NotAllowedOrTooLong_FailsTheTask(string immediate, int length, uint expected, int sense)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("ImmediateData", immediate), ("FirstBurstLength", "1024"));

        initiator.Send(initiator.Write(1, 0, (ushort)(expected / 512), Bytes(length), expected: expected));
        var response = initiator.Expect(0x21);

        Assert.Equal((2, sense), (response.Status, response.AdditionalSense));
        Assert.Equal(0, server.Scsi.Medium[0]);
    }

    [Fact]
    public async Task Immediate_InReadCommand_FailsTheTask()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var read = initiator.Read(1, 0, 1);

        initiator.Send(new WirePdu(read.Header, Bytes(512)));
        var response = initiator.Expect(0x21);

        Assert.Equal((2, Unexpected), (response.Status, response.AdditionalSense));
    }

    [Fact]
    public async Task DataOut_ForNobody_IsThrownAway()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.DataOut(99, 0x00010203, 0, 0, Bytes(100_000), true));
        initiator.Send(initiator.DataOut(99, uint.MaxValue, 0, 0, Bytes(3), true));
        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(512, initiator.Collect(1).Data.Length);
    }

    [Fact]
    public async Task R2ts_UpToTheNegotiatedNumber_AreOutstandingAtOnce()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("InitialR2T", "Yes"), ("MaxBurstLength", "4096"), ("MaxOutstandingR2T", "3"));
        var content = new byte[16384];
        new Random(3).NextBytes(content);

        initiator.Send(initiator.Write(1, 0, 32));
        var r2ts = Enumerable.Range(0, 3).Select(_ => initiator.Expect(0x31)).ToList();
        foreach (var r2t in r2ts)
            initiator.SendBurst(1, r2t.TransferTag, r2t.U32(40), content.AsSpan((int)r2t.U32(40), 4096), 1500);
        var last = initiator.Expect(0x31);
        initiator.SendBurst(1, last.TransferTag, last.U32(40), content.AsSpan((int)last.U32(40), 4096), 4096);
        var response = initiator.Expect(0x21);

        Assert.Equal([0u, 4096, 8192], r2ts.Select(r => r.U32(40)));
        Assert.Equal([0u, 1, 2], r2ts.Select(r => r.U32(36)));
        Assert.Equal(3, r2ts.Select(r => r.TransferTag).Distinct().Count());
        Assert.Equal((12288u, 3u), (last.U32(40), last.U32(36)));
        Assert.Equal(0, response.Status);
        Assert.Equal(content, server.Scsi.Medium.AsSpan(0, content.Length).ToArray());
    }
}
