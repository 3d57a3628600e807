using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Commands;

/// <summary>READ and WRITE (6) to (16), SBC-3 sections 5.7 to 5.10 and 5.28 to 5.31.</summary>
public sealed class ReadWriteTests
{
    public static TheoryData<byte> Reads { get; } = [0x08, 0x28, 0xa8, 0x88];

    public static TheoryData<byte> Writes { get; } = [0x0a, 0x2a, 0xaa, 0x8a];

    private static byte[] Command(byte code, ulong lba, uint count, byte flags = 0) => (code >> 5) switch
    {
        0 => [code, (byte)(lba >> 16), (byte)(lba >> 8), (byte)lba, (byte)count, 0],
        1 => Cdb.Ten(code, flags, (uint)lba, (ushort)count),
        5 => Cdb.Twelve(code, flags, (uint)lba, count),
        _ => Cdb.Sixteen(code, flags, lba, count),
    };

    [Theory, MemberData(nameof(Reads))]
    public async Task Read_WithinRange_ReturnsData(byte code)
    {
        var bench = await Bench.CreateAsync();
        Bench.Pattern(4 * 512, 1).CopyTo(bench.Ram.Data[(100 * 512)..]);

        var outcome = await bench.Initiator.SendAsync(Command(code, 100, 4), dataIn: 2048);

        outcome.AssertGood();
        Assert.Equal(Bench.Pattern(4 * 512, 1), outcome.Data);
        Assert.Equal(2048, outcome.TransferLength);
    }

    [Theory, MemberData(nameof(Writes))]
    public async Task Write_WithinRange_ChangesMedium(byte code)
    {
        var bench = await Bench.CreateAsync();
        var data = Bench.Pattern(3 * 512, 2);

        var outcome = await bench.Initiator.SendAsync(Command(code, 7, 3), data);

        outcome.AssertGood();
        Assert.Equal(data, bench.Ram.Data.Slice(7 * 512, 3 * 512).ToArray());
        Assert.Equal(0, bench.Ram.Data[10 * 512]);
    }

    [Fact]
    public async Task Read6_LengthZero_Means256Blocks()
    {
        var bench = await Bench.CreateAsync();

        var outcome = await bench.Initiator.SendAsync(Cdb.Read6(0, 0), dataIn: 256 * 512);

        outcome.AssertGood();
        Assert.Equal(256 * 512, outcome.Data.Length);
    }

    [Theory, MemberData(nameof(Reads))]
    public async Task Read_OneBlockBeyondEnd_IsOutOfRange(byte code)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Command(code, 2047, 2), dataIn: 1024)).AssertOutOfRange();
        (await bench.Initiator.SendAsync(Command(code, 2049, 1), dataIn: 512)).AssertOutOfRange();
    }

    [Theory]
    [InlineData(ulong.MaxValue, 1u)]
    [InlineData(ulong.MaxValue, uint.MaxValue)]
    [InlineData(0x8000_0000_0000_0000ul, 0u)]
    [InlineData(2049ul, 0u)]
    [InlineData(0ul, uint.MaxValue)]
    public async Task Read16_AddressPlusLengthWraps_IsOutOfRange(ulong lba, uint count)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.Read16(lba, count), dataIn: 512)).AssertOutOfRange();
    }

    [Theory, MemberData(nameof(Writes))]
    public async Task Write_OneBlockBeyondEnd_IsOutOfRangeAndChangesNothing(byte code)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Command(code, 2047, 2), Bench.Filled(1024, 1))).AssertOutOfRange();

        Assert.False(bench.Ram.Data.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public async Task Transfer_ZeroBlocks_IsGoodWithoutData()
    {
        var bench = await Bench.CreateAsync();

        var read = await bench.Initiator.SendAsync(Cdb.Read16(2048, 0));
        var write = await bench.Initiator.SendAsync(Cdb.Write16(0, 0));

        read.AssertGood();
        write.AssertGood();
        Assert.Equal(0, read.TransferLength);
    }

    [Theory]
    [InlineData(0x28), InlineData(0xa8), InlineData(0x88), InlineData(0x2a), InlineData(0xaa), InlineData(0x8a)]
    public async Task Transfer_WithProtectionField_IsInvalidField(byte code)
    {
        var bench = await Bench.CreateAsync();

        var outcome = await bench.Initiator.SendAsync(Command(code, 0, 1, 0x20), (code & 0x0f) == 0x0a ? new byte[512] : null, 512);

        outcome.AssertInvalidFieldInCdb();
        Assert.Equal([0xc0, 0x00, 0x01], outcome.Sense[15..18]);
    }

    [Fact]
    public async Task Transfer_LongerThanMaximum_IsInvalidField()
    {
        var bench = await Bench.CreateAsync(blocks: 32768);

        (await bench.Initiator.SendAsync(Cdb.Read16(0, 16385), dataIn: 16385 * 512)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.Read16(0, 16384), dataIn: 16384 * 512)).AssertGood();
    }

    [Fact]
    public async Task Read_RoomForLess_SendsBeginningAndReportsAll()
    {
        var bench = await Bench.CreateAsync();
        Bench.Pattern(1024, 3).CopyTo(bench.Ram.Data);

        var outcome = await bench.Initiator.SendAsync(Cdb.Read10(0, 2), dataIn: 700);

        outcome.AssertGood();
        Assert.Equal(Bench.Pattern(1024, 3)[..700], outcome.Data);
        Assert.Equal(1024, outcome.TransferLength);
    }

    [Theory]
    [InlineData(0, 0), InlineData(200, 0), InlineData(512, 512), InlineData(1000, 512)]
    public async Task Write_LessDataThanBlocks_WritesWholeBlocksAndReportsOverflow(int announced, int written)
    {
        var bench = await Bench.CreateAsync();

        var outcome = await bench.Initiator.SendAsync(Cdb.Write10(0, 2), Bench.Filled(announced, 9));

        outcome.AssertGood();
        Assert.Equal(1024, outcome.TransferLength);
        Assert.Equal(written, bench.Ram.Data.Count((byte)9));
    }

    [Fact]
    public async Task Write_MoreDataThanBlocks_TakesWhatTheCdbSays()
    {
        var bench = await Bench.CreateAsync();

        var (_, wanted) = bench.Initiator.Accept(Cdb.Write10(0, 1), new byte[10000]);
        var outcome = await bench.Initiator.SendAsync(Cdb.Write10(0, 1), Bench.Filled(10000, 5));

        Assert.Equal(512, wanted);
        outcome.AssertGood();
        Assert.Equal(512, outcome.TransferLength);
        Assert.Equal(0, bench.Ram.Data[512]);
    }

    [Theory]
    [InlineData(false, 0x00, 1), InlineData(false, 0x08, 1), InlineData(true, 0x00, 0), InlineData(true, 0x08, 1), InlineData(true, 0x02, 0)]
    public async Task Write_IsDurable_WhenWriteThroughOrForced(bool writeBack, byte flags, int durableWrites)
    {
        var bench = await Bench.CreateAsync(Bench.Options with { WriteBack = writeBack });

        (await bench.Initiator.SendAsync(Cdb.Write16(0, 1, flags), new byte[512])).AssertGood();

        Assert.Equal(durableWrites, bench.Ram.DurableWriteCount);
    }

    [Fact]
    public async Task Write_ReadOnlyUnit_IsWriteProtected()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { ReadOnly = true });

        (await bench.Initiator.SendAsync(Cdb.Write10(0, 1), new byte[512])).AssertCheck(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        (await bench.Initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).AssertGood();
    }

    [Theory]
    [InlineData(BlockStatus.ReadError, SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)]
    [InlineData(BlockStatus.Offline, SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_CAUSE_NOT_REPORTABLE)]
    public async Task Read_DeviceFails_ReportsSense(BlockStatus status, SenseKey key, AdditionalSense code)
    {
        FaultyBlockDevice? faulty = null;
        var bench = await Bench.CreateAsync(wrap: ram => faulty = new FaultyBlockDevice(ram));
        faulty!.Fail(BlockOperation.Read, status);

        (await bench.Initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).AssertCheck(key, code);
    }

    [Theory]
    [InlineData(BlockStatus.WriteError, SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR)]
    [InlineData(BlockStatus.NoSpace, SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT)]
    [InlineData(BlockStatus.ReadOnly, SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED)]
    public async Task Write_DeviceFails_ReportsSense(BlockStatus status, SenseKey key, AdditionalSense code)
    {
        FaultyBlockDevice? faulty = null;
        var bench = await Bench.CreateAsync(wrap: ram => faulty = new FaultyBlockDevice(ram));
        faulty!.Fail(BlockOperation.Write, status);

        (await bench.Initiator.SendAsync(Cdb.Write10(0, 1), new byte[512])).AssertCheck(key, code);
    }

    [Fact]
    public async Task Read_TransportOutOfMemory_IsBusy()
    {
        var bench = await Bench.CreateAsync();

        var outcome = await bench.Initiator.Start(Cdb.Read10(0, 1), dataIn: 512, outOfMemory: true).Outcome;

        Assert.Equal(ScsiStatus.BUSY, outcome.Status);
    }

    [Fact]
    public async Task Blocks4096_AddressBytesBySize()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { BlockSize = 4096 }, blocks: 64);
        var data = Bench.Pattern(8192, 4);

        (await bench.Initiator.SendAsync(Cdb.Write16(3, 2), data)).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.Read16(64, 1), dataIn: 4096)).AssertOutOfRange();

        Assert.Equal(data, bench.Ram.Data.Slice(3 * 4096, 8192).ToArray());
    }

    [Fact]
    public async Task Command_WithNaca_IsInvalidField()
    {
        var bench = await Bench.CreateAsync();
        var cdb = Cdb.Read10(0, 1);
        cdb[9] = 0x04;

        (await bench.Initiator.SendAsync(cdb, dataIn: 512)).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task ReadWrite_SteadyState_AllocatesNothing()
    {
        var bench = await Bench.CreateAsync();
        var pool = new BlockBufferPool(1 << 20);
        var command = new SteadyCommand(pool) { Nexus = bench.Initiator.Nexus, Attribute = TaskAttribute.Simple };
        var (read, write) = (Cdb.Read16(5, 8), Cdb.Write16(5, 8));
        var data = pool.TryRent(4096)!;
        void Round()
        {
            command.Run(bench.Target, write, data);
            command.Run(bench.Target, read, null);
        }
        for (var i = 0; i < 1000; i++)
            Round();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Round();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(4000, command.GoodCount);
        // Queue segments of the pools may be renewed now and then; per command there is nothing.
        Assert.InRange(allocated, 0, 2000);
    }

    private sealed class SteadyCommand(BlockBufferPool pool) : ScsiCommand
    {
        public int GoodCount { get; private set; }

        public override BlockBuffer? RentDataIn(int length) => pool.TryRent(length);

        public override void OnCompleted()
        {
            GoodCount += Status == ScsiStatus.GOOD ? 1 : 0;
            if (DataIn is { } buffer)
                pool.Return(buffer);
        }

        public void Run(ScsiTarget target, byte[] cdb, BlockBuffer? data)
        {
            ResetResponse();
            Cdb = cdb;
            ExpectedDataOut = data is null ? 0 : 4096;
            ExpectedDataIn = data is null ? 4096 : 0;
            target.Accept(this);
            DataOut = data;
            DataOutLength = data is null ? 0 : 4096;
            target.Execute(this);
        }
    }
}
