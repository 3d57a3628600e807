using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Blocks.Atomic;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Commands;

/// <summary>WRITE ATOMIC (16), SBC-4 section 5.45, and READ DEFECT DATA, SBC-3 sections 5.17 and 5.18.</summary>
public sealed class WriteAtomicTests
{
    private sealed class FakeWriter(RamBlockDevice ram) : IAtomicWriter
    {
        public int MaximumBytes => 64 * 512;

        public BlockStatus Status { get; set; }

        public Task<BlockStatus> WriteAsync(long offsetBytes, int lengthBytes, BlockBuffer buffer, int bufferOffset)
        {
            if (Status == BlockStatus.Ok)
                buffer.Slice(bufferOffset, lengthBytes).CopyTo(ram.Data[(int)offsetBytes..]);
            return Task.FromResult(Status);
        }
    }

    private static byte[] Command(ulong lba, ushort blocks, byte flags = 0, ushort boundary = 0)
    {
        var cdb = Cdb.Sixteen(0x9c, flags, lba, blocks);
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(10), boundary);
        return cdb;
    }

    private static async Task<(RamBlockDevice Ram, FakeWriter Writer, Initiator Initiator)> CreateAsync(LogicalUnitOptions? options = null)
    {
        var ram = new RamBlockDevice(2048 * 512);
        var writer = new FakeWriter(ram);
        var target = Bench.CreateTarget();
        await target.SetLogicalUnits([new LogicalUnit(options ?? Bench.Options, ram, new UnitFacilities(AtomicWriter: writer))]);
        var initiator = new Initiator(target);
        await initiator.TakeAttentionsAsync();
        return (ram, writer, initiator);
    }

    [Fact]
    public async Task Write_UpToTheMaximum_GoesThroughTheAtomicWriter()
    {
        var (ram, _, initiator) = await CreateAsync();
        var data = Bench.Pattern(64 * 512, 1);

        (await initiator.SendAsync(Command(3, 64), data)).AssertGood();
        (await initiator.SendAsync(Command(3, 0))).AssertGood();
        (await initiator.SendAsync(Command(3, 65), new byte[65 * 512])).AssertInvalidFieldInCdb();

        Assert.Equal(data, ram.Data.Slice(3 * 512, 64 * 512).ToArray());
        var limits = (await initiator.SendAsync(Cdb.Inquiry(0xb0), dataIn: 255)).Data;
        Assert.Equal([64u, 1u, 1u, 0u, 0u], Enumerable.Range(0, 5).Select(i => BinaryPrimitives.ReadUInt32BigEndian(limits.AsSpan(44 + 4 * i))));
    }

    [Fact]
    public async Task Write_Wrong_ChangesNothing()
    {
        var (ram, _, initiator) = await CreateAsync();

        (await initiator.SendAsync(Command(0, 8, boundary: 4), new byte[4096])).AssertInvalidFieldInCdb();
        (await initiator.SendAsync(Command(0, 8, flags: 0x20), new byte[4096])).AssertInvalidFieldInCdb();
        (await initiator.SendAsync(Command(2047, 2), new byte[1024])).AssertOutOfRange();
        (await initiator.SendAsync(Command(0, 8), Bench.Filled(2048, 1))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);

        Assert.Equal(-1, ram.Data.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public async Task Write_NoSpaceForTheJournal_PausesTheInitiator()
    {
        var (_, writer, initiator) = await CreateAsync();
        writer.Status = BlockStatus.NoSpace;

        (await initiator.SendAsync(Command(0, 8), new byte[4096])).AssertCheck(SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT);
    }

    [Fact]
    public async Task Write_UnitWithoutAtomicWriter_IsNotOffered()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Command(0, 8), new byte[4096])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian((await bench.Initiator.SendAsync(Cdb.Inquiry(0xb0), dataIn: 255)).Data.AsSpan(44)));
    }

    [Fact]
    public async Task ReadDefectData_ListsAreEmpty()
    {
        var bench = await Bench.CreateAsync();

        Assert.Equal([0, 0x18, 0, 0], (await bench.Initiator.SendAsync([0x37, 0, 0x18, 0, 0, 0, 0, 0, 32, 0], dataIn: 32)).AssertGood().Data);
        Assert.Equal([0, 0x0b, 0, 0, 0, 0, 0, 0], (await bench.Initiator.SendAsync([0xb7, 0x0b, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0], dataIn: 32)).AssertGood().Data);
        (await bench.Initiator.SendAsync([0x37, 0, 0x04, 0, 0, 0, 0, 0, 32, 0], dataIn: 32)).AssertInvalidFieldInCdb();
    }
}
