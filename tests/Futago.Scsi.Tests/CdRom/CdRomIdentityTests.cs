using System.Buffers.Binary;
using System.Text;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;

namespace Futago.Scsi.Tests.CdRom;

/// <summary>What a CD-ROM drive says it is.</summary>
public sealed class CdRomIdentityTests
{
    /// <summary>SPC-4 section 6.6.2: type 05h, RMB.</summary>
    [Fact]
    public async Task Inquiry_Drive_IsRemovableType5OfMmc6()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var data = (await bench.SendAsync(Cdb.Inquiry())).AssertGood().Data;

        Assert.Equal([0x05, 0x80, 0x06], data[..3]);
        Assert.Equal(0, data[5]);
        Assert.Equal("FUTAGO  VIRTUAL-CDROM   ", Encoding.ASCII.GetString(data, 8, 24));
        Assert.Equal([0x00, 0xa0, 0x04, 0x60, 0x04, 0xe0, 0x09, 0x60], data[58..66]);
    }

    /// <summary>SPC-4 section 7.8: pages 00h, 80h, 83h and no page of SBC-3.</summary>
    [Fact]
    public async Task VitalProductData_Drive_HasStableIdentifiersOnly()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var pages = (await bench.SendAsync(Cdb.Inquiry(0x00))).AssertGood().Data;
        var serial = (await bench.SendAsync(Cdb.Inquiry(0x80))).AssertGood().Data;
        var designators = (await bench.SendAsync(Cdb.Inquiry(0x83))).AssertGood().Data;

        Assert.Equal([0x05, 0x00, 0, 3, 0x00, 0x80, 0x83], pages);
        Assert.Equal("CD-0001", Encoding.ASCII.GetString(serial, 4, serial.Length - 4));
        Assert.Equal([0x01, 0x03, 0, 16, .. Convert.FromHexString(CdRomBench.Identity.ScsiId)], designators[4..24]);
        (await bench.SendAsync(Cdb.Inquiry(0xb0))).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task ReportLuns_TargetWithDrive_ListsIt()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var data = (await bench.SendAsync(Cdb.ReportLuns())).AssertGood().Data;

        Assert.Equal([0, 0, 0, 16], data[..4]);
        Assert.Equal(1, data[17]);
    }

    /// <summary>SPC-4 section 6.35: what is refused is not listed, what is listed is not refused as unknown.</summary>
    [Fact]
    public async Task SupportedOperationCodes_EveryCode_IsWhatTheDriveTakes()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        var list = (await bench.SendAsync(Cdb.Maintenance(0x0c, 0))).AssertGood().Data;
        var listed = list[4..].Chunk(8).Select(descriptor => descriptor[0]).ToHashSet();

        Assert.Equal(list.Length - 4, BinaryPrimitives.ReadInt32BigEndian(list));
        Assert.Superset(new HashSet<byte> { 0x25, 0x28, 0xa8, 0x43, 0x46, 0x4a, 0x51, 0x52, 0xad, 0xbd, 0xbe, 0xb9 }, listed);
        for (var code = 0; code < 256; code++)
        {
            var outcome = await bench.SendAsync([(byte)code, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            // Codes with service actions: a wrong one is an invalid field.
            if (!listed.Contains((byte)code) && outcome.Code != AdditionalSense.INVALID_FIELD_IN_CDB)
                outcome.AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
            else
                Assert.NotEqual(AdditionalSense.INVALID_COMMAND_OPERATION_CODE, outcome.Code);
        }
    }

    /// <summary>MMC-5 section 6: a read-only drive has no WRITE; READ (16) and READ CAPACITY (16) are commands of SBC-3.</summary>
    [Theory]
    [InlineData(0x2a), InlineData(0xaa), InlineData(0x8a), InlineData(0x88), InlineData(0x42), InlineData(0x5f)]
    public async Task DiskCommands_Drive_AreInvalidOperationCodes(byte code)
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var outcome = await bench.SendAsync([code, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], dataOut: new byte[2048]);

        outcome.AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }

    /// <summary>A disk on the same target knows nothing of MMC.</summary>
    [Theory]
    [InlineData(0x43), InlineData(0x46), InlineData(0x4a), InlineData(0x51), InlineData(0xbe)]
    public async Task DriveCommands_Disk_AreInvalidOperationCodes(byte code)
    {
        var bench = await CdRomBench.CreateAsync(1000);
        bench.Initiator.Lun = 0;
        await bench.Initiator.TakeAttentionsAsync();

        (await bench.SendAsync([code, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }

    /// <summary>SPC-4 section 5.11: where no unit is, commands of drives are no exception.</summary>
    [Fact]
    public async Task GetConfiguration_AbsentLun_IsLogicalUnitNotSupported()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        bench.Initiator.Lun = 9;

        (await bench.SendAsync(MmcCdb.GetConfiguration())).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    }

    /// <summary>MMC-5 section 7.2.2: no block descriptor and no device specific parameter; pages in ascending order.</summary>
    [Fact]
    public async Task ModeSense_All_HasDrivePagesWithoutBlockDescriptor()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var six = (await bench.SendAsync(Cdb.ModeSense6(0x3f))).AssertGood().Data;
        var ten = (await bench.SendAsync(Cdb.Ten(0x5a, 0, 0x2a000000, 255))).AssertGood().Data;

        Assert.Equal([(byte)(six.Length - 1), 0, 0, 0], six[..4]);
        var codes = new List<int>();
        for (var at = 4; at < six.Length; at += 2 + six[at + 1])
            codes.Add(six[at]);
        Assert.Equal([0x01, 0x0d, 0x1a, 0x1d, 0x2a], codes);
        Assert.Equal([0, 38, 0, 0, 0, 0, 0, 0, 0x2a, 30, 0x0b, 0], ten[..12]);
        Assert.Equal(0x29, ten[14]);
        (await bench.SendAsync(Cdb.ModeSense6(0x08))).AssertInvalidFieldInCdb();
    }

    /// <summary>MMC-3 section 6.3.11: LOCK STATE follows PREVENT ALLOW MEDIUM REMOVAL.</summary>
    [Fact]
    public async Task ModeSense_RemovalPrevented_ShowsTheLock()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        (await bench.SendAsync(Cdb.Prevent(true))).AssertGood();

        var data = (await bench.SendAsync(Cdb.ModeSense6(0x2a))).AssertGood().Data;

        Assert.Equal(0x2b, data[4 + 6]);
    }
}
