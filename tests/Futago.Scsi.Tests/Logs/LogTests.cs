using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.Tests.Scripted;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Logs;

/// <summary>LOG SENSE and LOG SELECT, SPC-4 sections 6.7 and 6.8; log page 0Ch, SBC-3 section 6.4.5.</summary>
public sealed class LogTests
{
    private sealed class SharedDevice(RamBlockDevice ram) : BlockDeviceDecorator(ram), IBlockSpace
    {
        public override void Submit(BlockRequest request) => Inner.Submit(request);

        public BlockSpace? GetSpace() => new(7 << 20, 300 << 20);
    }

    private static byte[] Sense(byte page, byte control = 1, ushort first = 0) =>
        [0x4d, 0, (byte)(control << 6 | page), 0, 0, (byte)(first >> 8), (byte)first, 1, 0, 0];

    [Fact]
    public async Task Provisioning_ThinUnit_CountsWhatIsUsedAndLeft()
    {
        var bench = await Bench.CreateAsync(wrap: ram => new SharedDevice(ram));

        var pages = (await bench.Initiator.SendAsync(Sense(0x00), dataIn: 256)).AssertGood().Data;
        var page = (await bench.Initiator.SendAsync(Sense(0x0c), dataIn: 256)).AssertGood().Data;
        var used = (await bench.Initiator.SendAsync(Sense(0x0c, first: 2), dataIn: 256)).AssertGood().Data;
        var exponent = (await bench.Initiator.SendAsync(Cdb.Inquiry(0xb2), dataIn: 255)).Data[4];

        Assert.Equal([0, 0, 0, 3, 0x00, 0x0c, 0x2f], pages);
        Assert.Equal([0x0c, 0, 0, 24, 0, 1, 3, 8, 0, 0, 1, 44, 2, 0, 0, 0, 0, 2, 3, 8, 0, 0, 0, 7, 1, 0, 0, 0], page);
        Assert.Equal([0x0c, 0, 0, 12, .. page[16..]], used);
        Assert.Equal(1 << 20, 512 << exponent);
        (await bench.Initiator.SendAsync(Sense(0x0c, first: 3), dataIn: 256)).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task Exceptions_AreNone()
    {
        var bench = await Bench.CreateAsync();

        Assert.Equal([0x2f, 0, 0, 8, 0, 0, 3, 4, 0, 0, 0xff, 0], (await bench.Initiator.SendAsync(Sense(0x2f), dataIn: 256)).AssertGood().Data);
    }

    [Fact]
    public async Task UnknownPagesAndValues_AreRefused()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Thin = false });

        (await bench.Initiator.SendAsync(Sense(0x0c), dataIn: 256)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Sense(0x0d), dataIn: 256)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Sense(0x2f, control: 0), dataIn: 256)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync([0x4d, 1, 0x6f, 0, 0, 0, 0, 1, 0, 0], dataIn: 256)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync([0x4d, 0, 0x6f, 1, 0, 0, 0, 1, 0, 0], dataIn: 256)).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task Select_NothingCanBeSet()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync([0x4c, 2, 0xc0, 0, 0, 0, 0, 0, 0, 0])).AssertGood();
        (await bench.Initiator.SendAsync([0x4c, 0, 0xc0, 0, 0, 0, 0, 0, 12, 0], new byte[12])).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync([0x4c, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0])).AssertInvalidFieldInCdb();
        Assert.Equal(0x2f, BinaryPrimitives.ReadUInt16BigEndian((await bench.Initiator.SendAsync(Sense(0x2f), dataIn: 256)).Data) >> 8);
    }
}
