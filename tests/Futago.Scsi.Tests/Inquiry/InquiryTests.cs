using System.Buffers.Binary;
using System.Text;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Inquiry;

/// <summary>INQUIRY and vital product data, SPC-4 sections 6.6 and 7.8; READ CAPACITY; REPORT LUNS; which LUN answers what.</summary>
public sealed class InquiryTests
{
    [Fact]
    public async Task Standard_Disk_NamesTheProduct()
    {
        var bench = await Bench.CreateAsync();

        var data = (await bench.Initiator.SendAsync(Cdb.Inquiry(), dataIn: 255)).AssertGood().Data;

        Assert.Equal(96, data.Length);
        Assert.Equal(data.Length - 5, data[4]);
        Assert.Equal((0, 6, 2), (data[0], data[2], data[3] & 0x0f));
        Assert.Equal("FUTAGO  VIRTUAL-DISK    ", Encoding.ASCII.GetString(data, 8, 24));
        Assert.Equal([0x00, 0xa0, 0x04, 0x60, 0x04, 0xc0, 0x09, 0x60], data[58..66]);
    }

    [Theory]
    [InlineData(0), InlineData(5), InlineData(36)]
    public async Task Standard_ShortAllocation_IsCut(ushort allocation)
    {
        var bench = await Bench.CreateAsync();

        var outcome = await bench.Initiator.SendAsync(Cdb.Inquiry(allocation: allocation), dataIn: 255);

        Assert.Equal(allocation, outcome.AssertGood().Data.Length);
        Assert.Equal(allocation, outcome.TransferLength);
    }

    [Fact]
    public async Task Standard_PageCodeWithoutEvpd_IsInvalidField()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync([0x12, 0, 0x83, 0, 255, 0], dataIn: 255)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync([0x12, 2, 0, 0, 255, 0], dataIn: 255)).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task VitalProductData_EverySupportedPage_CanBeReadAndSaysItsLength()
    {
        var bench = await Bench.CreateAsync();

        var list = (await bench.Initiator.SendAsync(Cdb.Inquiry(0x00), dataIn: 255)).AssertGood().Data[4..];

        Assert.Equal([0x00, 0x80, 0x83, 0x86, 0x8f, 0xb0, 0xb1, 0xb2], list);
        foreach (var page in list)
        {
            var data = (await bench.Initiator.SendAsync(Cdb.Inquiry(page, 1024), dataIn: 1024)).AssertGood().Data;
            Assert.Equal(page, data[1]);
            Assert.Equal(data.Length - 4, BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(2)));
        }
    }

    [Fact]
    public async Task VitalProductData_UnknownPage_IsInvalidField()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.Inquiry(0xc0), dataIn: 255)).AssertInvalidFieldInCdb();
    }

    [Theory]
    [InlineData("600144f0a1b2c3d4e5f60718293a4b5c", 3)]
    [InlineData("5000c50012345678", 3)]
    [InlineData("3000000000000001", 3)]
    [InlineData("49504f4e45303030", 2)]
    [InlineData("00112233445566778899aabbccddeeff", 2)]
    public async Task Designators_FirstIsTheScsiId(string scsiId, int type)
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Identity = new LogicalUnitIdentity(scsiId, "S") });

        var data = (await bench.Initiator.SendAsync(Cdb.Inquiry(0x83), dataIn: 255)).AssertGood().Data;

        Assert.Equal(1, data[4]);
        Assert.Equal(type, data[5]);
        Assert.Equal(scsiId, Convert.ToHexStringLower(data.AsSpan(8, data[7])));
    }

    [Fact]
    public async Task Designators_NameUnitPortAndDevice()
    {
        var bench = await Bench.CreateAsync();

        var data = (await bench.Initiator.SendAsync(Cdb.Inquiry(0x83, 1024), dataIn: 1024)).AssertGood().Data;

        var found = new List<(int Association, int Type, string Text)>();
        for (var at = 4; at < data.Length; at += 4 + data[at + 3])
            found.Add(((data[at + 1] >> 4) & 3, data[at + 1] & 0x0f, Encoding.UTF8.GetString(data, at + 4, data[at + 3]).TrimEnd('\0')));
        Assert.Equal([(0, 3), (0, 1), (1, 4), (1, 5), (1, 8), (2, 8)], found.Select(d => (d.Association, d.Type)));
        Assert.Equal("FUTAGO  600144F0A1B2C3D4E5F60718293A4B5C", found[1].Text);
        Assert.Equal(Bench.TargetName + ",t,0x0001", found[4].Text);
        Assert.Equal(Bench.TargetName, found[5].Text);
    }

    [Fact]
    public async Task BlockLimits_AreInBlocksOfTheUnit()
    {
        var small = await Bench.CreateAsync();
        var large = await Bench.CreateAsync(Bench.Options with { BlockSize = 4096 });

        var bySmall = (await small.Initiator.SendAsync(Cdb.Inquiry(0xb0), dataIn: 255)).Data;
        var byLarge = (await large.Initiator.SendAsync(Cdb.Inquiry(0xb0), dataIn: 255)).Data;

        Assert.Equal(16384u, BinaryPrimitives.ReadUInt32BigEndian(bySmall.AsSpan(8)));
        Assert.Equal(2048u, BinaryPrimitives.ReadUInt32BigEndian(byLarge.AsSpan(8)));
        Assert.Equal(255, bySmall[5]);
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(bySmall.AsSpan(20)));
        Assert.Equal(8u, BinaryPrimitives.ReadUInt32BigEndian(bySmall.AsSpan(28)));
    }

    [Theory]
    [InlineData(true, 0xe6, 2, 0xc0), InlineData(false, 0, 0, 0)]
    public async Task Provisioning_SaysThinOrNot(bool thin, int flags, int type, int capacityFlags)
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Thin = thin });

        var page = (await bench.Initiator.SendAsync(Cdb.Inquiry(0xb2), dataIn: 255)).Data;
        var capacity = (await bench.Initiator.SendAsync(Cdb.ReadCapacity16(), dataIn: 32)).Data;

        Assert.Equal((flags, type), (page[5], page[6]));
        Assert.Equal(capacityFlags, capacity[14]);
        Assert.Equal(3, capacity[13]);
    }

    [Fact]
    public async Task ReadCapacity_SaysLastBlockAndSize()
    {
        var bench = await Bench.CreateAsync();

        var ten = (await bench.Initiator.SendAsync(Cdb.ReadCapacity10(), dataIn: 8)).AssertGood().Data;
        var sixteen = (await bench.Initiator.SendAsync(Cdb.ReadCapacity16(), dataIn: 32)).AssertGood().Data;

        Assert.Equal([0, 0, 7, 0xff, 0, 0, 2, 0], ten);
        Assert.Equal([0, 0, 0, 0, 0, 0, 7, 0xff, 0, 0, 2, 0], sixteen[..12]);
    }

    [Fact]
    public async Task ReadCapacity10_LargerThan32Bits_SaysSo()
    {
        var bench = await Bench.CreateAsync(wrap: _ => new CountingDevice(3L << 40));

        var ten = (await bench.Initiator.SendAsync(Cdb.ReadCapacity10(), dataIn: 8)).AssertGood().Data;

        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(ten));
    }

    [Fact]
    public async Task Lun0_WithoutVolume_IsAControllerThatAnswers()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Lun = 1 });
        await bench.Initiator.TakeAttentionsAsync(lun: 0);

        var inquiry = (await bench.Initiator.SendAsync(Cdb.Inquiry(), dataIn: 96, lun: 0)).AssertGood().Data;
        var luns = (await bench.Initiator.SendAsync(Cdb.ReportLuns(), dataIn: 4096, lun: 0)).AssertGood().Data;

        Assert.Equal(0x0c, inquiry[0]);
        Assert.Equal([0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], luns);
        (await bench.Initiator.SendAsync(Cdb.TestUnitReady(), lun: 0)).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.Inquiry(0x83), dataIn: 255, lun: 0)).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512, lun: 0))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }

    [Fact]
    public async Task MissingLun_AnswersWhatItMust()
    {
        var bench = await Bench.CreateAsync();

        var inquiry = (await bench.Initiator.SendAsync(Cdb.Inquiry(), dataIn: 96, lun: 9)).AssertGood().Data;
        var sense = (await bench.Initiator.SendAsync(Cdb.RequestSense(), dataIn: 252, lun: 9)).AssertGood().Data;

        Assert.Equal(0x7f, inquiry[0]);
        Assert.Equal((5, 0x25), (sense[2], sense[12]));
        (await bench.Initiator.SendAsync(Cdb.ReportLuns(), dataIn: 64, lun: 9)).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.TestUnitReady(), lun: 9))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    }

    [Theory]
    [InlineData(0x0001_0000_0000_0000ul, 1), InlineData(0x00ff_0000_0000_0000ul, 255), InlineData(0x4100_0000_0000_0000ul, 256)]
    [InlineData(0x7fff_0000_0000_0000ul, 16383), InlineData(0x0101_0000_0000_0000ul, -1), InlineData(0x0001_0001_0000_0000ul, -1)]
    [InlineData(0xc101_0000_0000_0000ul, -1)]
    public void LunAddress_Parses(ulong field, int lun)
    {
        Assert.Equal(lun, LunAddress.Parse(field));
        if (lun >= 0)
            Assert.Equal(field, LunAddress.Format(lun));
    }

    [Theory]
    [InlineData("123", "S"), InlineData("zz0144f0a1b2c3d4", "S"), InlineData("5000c50012345678", ""), InlineData("5000c50012345678", "\u00e9")]
    public void Identity_Malformed_IsRefused(string scsiId, string serial)
    {
        var options = Bench.Options with { Identity = new LogicalUnitIdentity(scsiId, serial) };

        Assert.ThrowsAny<ArgumentException>(() => new LogicalUnit(options, new RamBlockDevice(4096)));
    }
}
