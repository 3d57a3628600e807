using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Commands;

/// <summary>VERIFY, WRITE AND VERIFY, WRITE SAME, UNMAP, GET LBA STATUS, COMPARE AND WRITE, ORWRITE, SYNCHRONIZE CACHE (SBC-3 chapter 5).</summary>
public sealed class MediumCommandTests
{
    private const byte Unmap = 0x08;
    private const byte Anchor = 0x10;
    private const byte NoData = 0x01;

    public static TheoryData<byte> Verifies { get; } = [0x2f, 0xaf, 0x8f];

    private static byte[] Command(byte code, byte flags, uint lba, uint count) => (code >> 5) switch
    {
        1 or 2 => Cdb.Ten(code, flags, lba, (ushort)count),
        5 => Cdb.Twelve(code, flags, lba, count),
        _ => Cdb.Sixteen(code, flags, lba, count),
    };

    [Theory, MemberData(nameof(Verifies))]
    public async Task Verify_BeyondEnd_IsOutOfRangeWhateverByteCheck(byte code)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Command(code, 0x00, 2047, 2))).AssertOutOfRange();
        (await bench.Initiator.SendAsync(Command(code, 0x02, 2048, 1), new byte[512])).AssertOutOfRange();
        (await bench.Initiator.SendAsync(Command(code, 0x00, 2049, 0))).AssertOutOfRange();
    }

    [Theory, MemberData(nameof(Verifies))]
    public async Task Verify_ByteCheck1_ComparesEveryBlock(byte code)
    {
        var bench = await Bench.CreateAsync();
        var data = Bench.Pattern(2048, 1);
        data.CopyTo(bench.Ram.Data[(8 * 512)..]);

        (await bench.Initiator.SendAsync(Command(code, 0x02, 8, 4), data)).AssertGood();
        bench.Ram.Data[8 * 512 + 1500] ^= 1;
        var outcome = await bench.Initiator.SendAsync(Command(code, 0x02, 8, 4), data);

        outcome.AssertCheck(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
        Assert.Equal(1500u, outcome.Information);
    }

    [Theory, MemberData(nameof(Verifies))]
    public async Task Verify_ByteCheck3_ComparesOneBlockWithEach(byte code)
    {
        var bench = await Bench.CreateAsync();
        bench.Ram.Data[..(10 * 512)].Fill(7);

        (await bench.Initiator.SendAsync(Command(code, 0x06, 0, 10), Bench.Filled(512, 7))).AssertGood();
        (await bench.Initiator.SendAsync(Command(code, 0x06, 0, 11), Bench.Filled(512, 7)))
            .AssertCheck(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
    }

    [Theory, MemberData(nameof(Verifies))]
    public async Task Verify_ReservedByteCheck_IsInvalidField(byte code)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Command(code, 0x04, 0, 1))).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task Verify_MediumUnreadable_ReportsMediumError()
    {
        FaultyBlockDevice? faulty = null;
        var bench = await Bench.CreateAsync(wrap: ram => faulty = new FaultyBlockDevice(ram));
        faulty!.Fail(BlockOperation.Read, BlockStatus.ReadError, 512 * 100, 512);

        (await bench.Initiator.SendAsync(Command(0x8f, 0, 0, 100))).AssertGood();
        (await bench.Initiator.SendAsync(Command(0x8f, 0, 0, 101)))
            .AssertCheck(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR);
    }

    [Theory]
    [InlineData(0x2e), InlineData(0xae), InlineData(0x8e)]
    public async Task WriteAndVerify_WritesDurablyAlsoWithWriteBack(byte code)
    {
        var bench = await Bench.CreateAsync(Bench.Options with { WriteBack = true });
        var data = Bench.Pattern(1024, 2);

        (await bench.Initiator.SendAsync(Command(code, 0x02, 4, 2), data)).AssertGood();

        Assert.Equal(data, bench.Ram.Data.Slice(4 * 512, 1024).ToArray());
        Assert.Equal(1, bench.Ram.DurableWriteCount);
    }

    [Fact]
    public async Task WriteSame_Pattern_FillsRangeOnly()
    {
        var bench = await Bench.CreateAsync(blocks: 8192);
        var block = Bench.Pattern(512, 3);

        (await bench.Initiator.SendAsync(Cdb.WriteSame16(1, 5000), block)).AssertGood();

        for (var lba = 1; lba <= 5000; lba++)
            Assert.True(bench.Ram.Data.Slice(lba * 512, 512).SequenceEqual(block));
        Assert.False(bench.Ram.Data[..512].ContainsAnyExcept((byte)0));
        Assert.False(bench.Ram.Data[(5001 * 512)..].ContainsAnyExcept((byte)0));
    }

    [Fact]
    public async Task WriteSame_UnmapWithPattern_WritesThePattern()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.WriteSame16(8, 8, Unmap), Bench.Filled(512, 0xa5))).AssertGood();

        Assert.False(bench.Ram.Data.Slice(8 * 512, 8 * 512).ContainsAnyExcept((byte)0xa5));
    }

    [Theory]
    [InlineData(0x00, 0, 1), InlineData(Unmap, 1, 0), InlineData(Unmap | Anchor, 0, 1), InlineData(NoData, 0, 1), InlineData(NoData | Unmap, 1, 0)]
    public async Task WriteSame_Zeros_UnmapsOrZeroes(byte flags, int unmaps, int zeroings)
    {
        var bench = await Bench.CreateAsync();
        bench.Ram.Data.Fill(1);

        (await bench.Initiator.SendAsync(Cdb.WriteSame16(16, 16, flags), (flags & NoData) != 0 ? null : new byte[512])).AssertGood();

        Assert.Equal((unmaps, zeroings), (bench.Ram.UnmapCount, bench.Ram.WriteZeroesCount));
        Assert.False(bench.Ram.Data.Slice(16 * 512, 16 * 512).ContainsAnyExcept((byte)0));
        Assert.Equal(1, bench.Ram.Data[16 * 512 - 1]);
        Assert.Equal(1, bench.Ram.Data[32 * 512]);
        Assert.Equal(1, bench.Ram.FlushCount);
    }

    [Fact]
    public async Task WriteSame_ZeroBlocksOnAThickUnit_GoesToTheEnd()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Thin = false });

        (await bench.Initiator.SendAsync(Cdb.WriteSame16(2040, 0), Bench.Filled(512, 3))).AssertGood();

        Assert.False(bench.Ram.Data[(2040 * 512)..].ContainsAnyExcept((byte)3));
        Assert.Equal(0, bench.Ram.Data[2040 * 512 - 1]);
    }

    [Theory]
    [InlineData(256), InlineData(1024)]
    public async Task WriteSame_DataIsNotOneBlock_IsRefused(int announced)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.WriteSame16(0, 1), Bench.Filled(announced, 3)))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
    }

    [Fact]
    public async Task WriteSame_FlagsWithoutProvisioning_AreInvalid()
    {
        var thick = await Bench.CreateAsync(Bench.Options with { Thin = false });
        var thin = await Bench.CreateAsync();

        (await thick.Initiator.SendAsync(Cdb.WriteSame16(0, 1, Unmap), new byte[512])).AssertInvalidFieldInCdb();
        (await thin.Initiator.SendAsync(Cdb.WriteSame16(0, 1, Anchor), new byte[512])).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task WriteSame_FourGibibytes_ReachesTheDeviceWhole()
    {
        var device = new CountingDevice(8L << 30);
        var bench = await Bench.CreateAsync(Bench.Options with { Thin = false }, wrap: _ => device);

        (await bench.Initiator.SendAsync(Cdb.WriteSame16(8, 0x80_0000), new byte[512])).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.WriteSame16(8, 0x80_0000), Bench.Filled(512, 1))).AssertGood();

        Assert.Equal(4L << 30, device.Bytes(BlockOperation.WriteZeroes));
        Assert.Equal(4L << 30, device.Bytes(BlockOperation.Write));
        Assert.Equal(4096, device.FirstOffset);
        Assert.Equal((4L << 30) + 4096, device.LastEnd);
    }

    [Fact]
    public async Task WriteSame_LongerThanAThinUnitSays_IsInvalidField()
    {
        var device = new CountingDevice(8L << 30);
        var bench = await Bench.CreateAsync(wrap: _ => device);

        (await bench.Initiator.SendAsync(Cdb.WriteSame16(0, 0x80_0000), new byte[512])).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.WriteSame16(0, 0), new byte[512])).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.WriteSame16(0, 0x8000), new byte[512])).AssertGood();

        Assert.Equal(16L << 20, device.Bytes(BlockOperation.WriteZeroes));
    }

    [Fact]
    public async Task Unmap_FourGibibytesAndMore_ReachesTheDeviceWhole()
    {
        var device = new CountingDevice(3L << 40);
        var bench = await Bench.CreateAsync(wrap: _ => device);
        var list = Cdb.UnmapList((0, uint.MaxValue), (uint.MaxValue, 0x80_0001));

        (await bench.Initiator.SendAsync(Cdb.Unmap((ushort)list.Length), list)).AssertGood();

        Assert.Equal((uint.MaxValue + 0x80_0001L) * 512, device.Bytes(BlockOperation.Unmap));
    }

    [Fact]
    public async Task Unmap_OneDescriptorOutOfRange_ChangesNothing()
    {
        var bench = await Bench.CreateAsync();
        bench.Ram.Data.Fill(1);
        var list = Cdb.UnmapList((0, 8), (2047, 2));

        (await bench.Initiator.SendAsync(Cdb.Unmap((ushort)list.Length), list)).AssertOutOfRange();

        Assert.Equal(0, bench.Ram.UnmapCount);
    }

    [Fact]
    public async Task Unmap_SeveralRanges_ReadAsZerosAndNothingElse()
    {
        var bench = await Bench.CreateAsync();
        bench.Ram.Data.Fill(1);
        var list = Cdb.UnmapList((3, 10), (100, 0), (200, 1));

        (await bench.Initiator.SendAsync(Cdb.Unmap((ushort)list.Length), list)).AssertGood();

        for (var lba = 0; lba < 2048; lba++)
            Assert.Equal(lba is (>= 3 and < 13) or 200 ? 0 : 1, bench.Ram.Data[lba * 512]);
    }

    [Fact]
    public async Task Unmap_ListLengths_AreChecked()
    {
        var bench = await Bench.CreateAsync();
        var tooMany = Cdb.UnmapList([.. Enumerable.Range(0, 257).Select(i => ((ulong)i, 1u))]);

        (await bench.Initiator.SendAsync(Cdb.Unmap(0))).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.Unmap(7), new byte[7])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        (await bench.Initiator.SendAsync(Cdb.Unmap((ushort)tooMany.Length), tooMany))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
    }

    [Fact]
    public async Task Unmap_ThickUnit_IsUnknown()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Thin = false });

        (await bench.Initiator.SendAsync(Cdb.Unmap(0))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }

    [Fact]
    public async Task LbaStatus_Thin_DescribesExtentsFromTheAskedBlock()
    {
        var bench = await Bench.CreateAsync();
        (await bench.Initiator.SendAsync(Cdb.Write16(16, 8), new byte[4096])).AssertGood();

        var outcome = await bench.Initiator.SendAsync(Cdb.LbaStatus(4), dataIn: 1024);

        outcome.AssertGood();
        Assert.Equal(4 + 3 * 16, outcome.Data[3]);
        Assert.Equal((4ul, 12u, 1), Descriptor(outcome.Data, 0));
        Assert.Equal((16ul, 8u, 0), Descriptor(outcome.Data, 1));
        Assert.Equal((24ul, 2024u, 1), Descriptor(outcome.Data, 2));
    }

    [Fact]
    public async Task LbaStatus_ThickOrBeyondEnd_IsMappedOrRefused()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Thin = false });

        var outcome = await bench.Initiator.SendAsync(Cdb.LbaStatus(0), dataIn: 1024);

        Assert.Equal((0ul, 2048u, 0), Descriptor(outcome.Data, 0));
        (await bench.Initiator.SendAsync(Cdb.LbaStatus(2048), dataIn: 1024)).AssertOutOfRange();
    }

    [Fact]
    public async Task CompareAndWrite_Equal_WritesSecondHalf()
    {
        var bench = await Bench.CreateAsync();
        var (old, next) = (Bench.Pattern(255 * 512, 5), Bench.Pattern(255 * 512, 6));
        old.CopyTo(bench.Ram.Data[512..]);

        (await bench.Initiator.SendAsync(Cdb.CompareAndWrite(1, 255), [.. old, .. next])).AssertGood();

        Assert.Equal(next, bench.Ram.Data.Slice(512, next.Length).ToArray());
    }

    [Theory]
    [InlineData(0), InlineData(511), InlineData(1000)]
    public async Task CompareAndWrite_Different_ReportsOffsetAndWritesNothing(int offset)
    {
        var bench = await Bench.CreateAsync();
        var data = new byte[2048];
        data[offset] = 1;
        data.AsSpan(1024).Fill(9);

        var outcome = await bench.Initiator.SendAsync(Cdb.CompareAndWrite(0, 2), data);

        outcome.AssertCheck(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
        Assert.Equal((uint)offset, outcome.Information);
        Assert.False(bench.Ram.Data.ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(512), InlineData(2048)]
    public async Task CompareAndWrite_WrongDataSize_IsRefused(int announced)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.CompareAndWrite(0, 1), new byte[announced])).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.CompareAndWrite(0, 0), new byte[512 * 512])).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task CompareAndWrite_ManyAtOnce_LoseNoIncrement()
    {
        GatedBlockDevice? gated = null;
        var bench = await Bench.CreateAsync(wrap: ram => gated = new GatedBlockDevice(ram));
        gated!.Open();
        async Task IncrementAsync(Initiator initiator)
        {
            for (var done = 0; done < 50;)
            {
                var now = (await initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).Data;
                var next = (byte[])now.Clone();
                BitConverter.TryWriteBytes(next, BitConverter.ToInt32(next) + 1);
                if ((await initiator.SendAsync(Cdb.CompareAndWrite(0, 1), [.. now, .. next])).Status == ScsiStatus.GOOD)
                    done++;
            }
        }

        var initiators = new List<Initiator>();
        for (var i = 0; i < 4; i++)
            initiators.Add(await bench.JoinAsync($"iqn.2026-01.test:{i}"));
        await Task.WhenAll(initiators.Select(initiator => Task.Run(() => IncrementAsync(initiator))));

        Assert.Equal(200, BitConverter.ToInt32(bench.Ram.Data));
    }

    [Fact]
    public async Task OrWrite_SetsBits()
    {
        var bench = await Bench.CreateAsync();
        bench.Ram.Data[..1024].Fill(0x0f);

        (await bench.Initiator.SendAsync(Cdb.Sixteen(0x8b, 0, 1, 1), Bench.Filled(512, 0xa0))).AssertGood();

        Assert.Equal(0x0f, bench.Ram.Data[511]);
        Assert.Equal(0xaf, bench.Ram.Data[512]);
    }

    [Theory]
    [InlineData(0x35), InlineData(0x91)]
    public async Task SynchronizeCache_FlushesOrReportsTheFailure(byte code)
    {
        FaultyBlockDevice? faulty = null;
        var bench = await Bench.CreateAsync(wrap: ram => faulty = new FaultyBlockDevice(ram));

        (await bench.Initiator.SendAsync(Command(code, 0, 0, 0))).AssertGood();
        (await bench.Initiator.SendAsync(Command(code, 0, 2047, 2))).AssertOutOfRange();
        faulty!.Fail(BlockOperation.Flush, BlockStatus.WriteError);
        (await bench.Initiator.SendAsync(Command(code, 0x02, 0, 0))).AssertCheck(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);

        Assert.Equal(1, bench.Ram.FlushCount);
    }

    [Theory]
    [InlineData(0x34), InlineData(0x90)]
    public async Task Prefetch_ChecksItsRange(byte code)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Command(code, 0, 0, 8))).AssertGood();
        (await bench.Initiator.SendAsync(Command(code, 0, 2047, 2))).AssertOutOfRange();
    }

    private static (ulong Lba, uint Count, int Status) Descriptor(byte[] data, int index)
    {
        var at = data.AsSpan(8 + index * 16);
        return (System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(at),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(at[8..]), at[12]);
    }
}
