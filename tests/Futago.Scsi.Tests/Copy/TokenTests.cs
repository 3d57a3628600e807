using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;

namespace Futago.Scsi.Tests.Copy;

/// <summary>POPULATE TOKEN, WRITE USING TOKEN, RECEIVE ROD TOKEN INFORMATION (SBC-3 sections 5.7, 5.16, 5.45).</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task Token_OfSeveralRanges_WritesThemInTheirOrder()
    {
        var bench = await CopyBench.CreateAsync();
        var first = CopyBench.Fill(bench.A, 1000, 10, 1);
        var second = CopyBench.Fill(bench.A, 10, 5, 2);
        var token = await bench.TokenAsync(0, (1000, 10), (10, 5));

        (await bench.WriteAsync(2, 1, token, ranges: [(50, 4), (0, 11)])).AssertGood();

        byte[] all = [.. first, .. second];
        Assert.Equal(all[..(4 * 512)], CopyBench.Content(bench.B, 50, 4));
        Assert.Equal(all[(4 * 512)..], CopyBench.Content(bench.B, 0, 11));
        Assert.Equal(1, bench.B.FlushCount);
    }

    [Fact]
    public async Task Token_WithOffset_EndsWhereItsDataEnds()
    {
        var bench = await CopyBench.CreateAsync();
        var data = CopyBench.Fill(bench.A, 0, 10, 3);
        var token = await bench.TokenAsync(0, (0, 10));

        (await bench.WriteAsync(2, 1, token, offset: 8, ranges: [(0, 100)])).AssertGood();
        var status = (await bench.ReceiveAsync(7, 2, 1)).AssertGood().Data;

        Assert.Equal(data[(8 * 512)..], CopyBench.Content(bench.B, 0, 2));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt64BigEndian(status.AsSpan(16)));
        (await bench.WriteAsync(3, 1, token, offset: 10, ranges: [(0, 1)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
    }

    [Fact]
    public async Task Token_AfterAWriteToItsData_IsRevoked()
    {
        var bench = await CopyBench.CreateAsync();
        CopyBench.Fill(bench.A, 0, 10, 4);
        var token = await bench.TokenAsync(0, (0, 10), (100, 10));

        (await bench.Initiator.SendAsync(Cdb.Write10(50, 1), new byte[512], lun: 0)).AssertGood();
        (await bench.WriteAsync(2, 1, token, ranges: [(0, 1)])).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.Write10(109, 1), new byte[512], lun: 0)).AssertGood();

        (await bench.WriteAsync(3, 1, token, ranges: [(0, 1)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_REVOKED);
    }

    [Fact]
    public async Task Token_WrittenOverItsOwnData_IsRevokedBeforeHalfOfItIsWrong()
    {
        var bench = await CopyBench.CreateAsync();
        var data = CopyBench.Fill(bench.A, 0, 10, 5);
        var token = await bench.TokenAsync(0, (0, 10));

        (await bench.WriteAsync(2, 0, token, ranges: [(5, 10)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_REVOKED);

        Assert.Equal(data, CopyBench.Content(bench.A, 0, 10));
    }

    [Fact]
    public async Task Token_NotUsedInTime_Expires()
    {
        var bench = await CopyBench.CreateAsync();
        (await bench.PopulateAsync(1, 0, 30, (0, 8))).AssertGood();
        var token = (await bench.ReceiveAsync(7, 1)).Data[38..550];

        bench.Clock.Advance(TimeSpan.FromSeconds(29));
        (await bench.WriteAsync(2, 1, token, ranges: [(0, 8)])).AssertGood();
        bench.Clock.Advance(TimeSpan.FromSeconds(31));

        (await bench.WriteAsync(3, 1, token, ranges: [(0, 8)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_EXPIRED);
        (await bench.PopulateAsync(1, 0, 601, (0, 8))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
    }

    [Fact]
    public async Task Token_GuessedOrChanged_IsRefused()
    {
        var bench = await CopyBench.CreateAsync();
        var token = await bench.TokenAsync(0, (0, 8));
        var (changed, unknown, foreign) = ((byte[])token.Clone(), (byte[])token.Clone(), (byte[])token.Clone());
        changed[500] ^= 1;
        unknown[9] ^= 1;
        foreign[3] = 0x07;

        (await bench.WriteAsync(2, 1, changed, ranges: [(0, 8)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_CORRUPT);
        (await bench.WriteAsync(2, 1, unknown, ranges: [(0, 8)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN);
        (await bench.WriteAsync(2, 1, foreign, ranges: [(0, 8)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_UNSUPPORTED_TOKEN_TYPE);
    }

    [Fact]
    public async Task Token_InTheHandsOfSomebodyWhoCannotReadItsData_IsUnknown()
    {
        var bench = await CopyBench.CreateAsync();
        CopyBench.Fill(bench.A, 0, 8, 6);
        var token = await bench.TokenAsync(0, (0, 8));
        var thief = new Initiator(bench.Second, identity: "somebody else");
        await thief.TakeAttentionsAsync(0);

        var outcome = await bench.WriteAsync(2, 0, token, initiator: thief, ranges: [(0, 8)]);

        outcome.AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN);
        Assert.Equal(new byte[4096], CopyBench.Content(bench.C, 0, 8));
    }

    [Fact]
    public async Task Token_DeletedByItsUse_IsGone()
    {
        var bench = await CopyBench.CreateAsync();
        var token = await bench.TokenAsync(0, (0, 8));

        (await bench.WriteAsync(2, 1, token, flags: 0x02, ranges: [(0, 8)])).AssertGood();

        (await bench.WriteAsync(3, 1, token, ranges: [(0, 8)])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN);
    }

    [Fact]
    public async Task ZeroToken_WritesZeros()
    {
        var bench = await CopyBench.CreateAsync();
        CopyBench.Fill(bench.B, 0, 100, 7);
        var zero = new byte[512];
        BinaryPrimitives.WriteUInt32BigEndian(zero, 0xffff0001);
        BinaryPrimitives.WriteUInt16BigEndian(zero.AsSpan(6), 504);

        (await bench.WriteAsync(2, 1, zero, ranges: [(10, 80)])).AssertGood();

        Assert.Equal(new byte[80 * 512], CopyBench.Content(bench.B, 10, 80));
        Assert.NotEqual(new byte[512], CopyBench.Content(bench.B, 9, 1));
        Assert.NotEqual(new byte[512], CopyBench.Content(bench.B, 90, 1));
    }

    [Fact]
    public async Task Populate_WrongRanges_AreRefused()
    {
        var bench = await CopyBench.CreateAsync();

        (await bench.PopulateAsync(1, 0, 0, (0, 10), (9, 2))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        (await bench.PopulateAsync(1, 0, 0, (CopyBench.Blocks, 1))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        (await bench.PopulateAsync(1, 0, 0, (ulong.MaxValue, 2))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        (await bench.PopulateAsync(1, 0, 0, (0, 0))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        (await bench.PopulateAsync(1, 0)).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        (await bench.PopulateAsync(1, 0, 0, [.. Enumerable.Range(0, 65).Select(i => ((ulong)i, 1u))])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.TOO_MANY_SEGMENT_DESCRIPTORS);
    }
}
