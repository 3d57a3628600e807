using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;

namespace Futago.Scsi.Tests.Mode;

/// <summary>MODE SENSE and MODE SELECT, SPC-4 sections 6.12 to 6.15.</summary>
public sealed class ModeTests
{
    private const int SoftwareWriteProtect = 4 + 8 + 4;

    [Theory]
    [InlineData(0x01, 12), InlineData(0x08, 20), InlineData(0x0a, 12), InlineData(0x1c, 12)]
    public async Task Sense_OnePage_HasHeaderDescriptorAndPage(byte page, int length)
    {
        var bench = await Bench.CreateAsync();

        var data = (await bench.Initiator.SendAsync(Cdb.ModeSense6(page), dataIn: 255)).AssertGood().Data;

        Assert.Equal(4 + 8 + length, data.Length);
        Assert.Equal(data.Length - 1, data[0]);
        Assert.Equal(page, data[12] & 0x3f);
        Assert.Equal([0, 0, 8, 0, 0, 0, 2, 0], data[4..12]);
    }

    [Fact]
    public async Task Sense_AllPages_AreInOrderInBothForms()
    {
        var bench = await Bench.CreateAsync();

        var six = (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x3f), dataIn: 255)).AssertGood().Data;
        var ten = (await bench.Initiator.SendAsync(Cdb.Ten(0x5a, 0x08, 0x3f00_0000, 255), dataIn: 255)).AssertGood().Data;

        Assert.Equal(six[12..], ten[8..]);
        Assert.Equal(12 + 20 + 12 + 12, six.Length - 12);
    }

    [Theory]
    [InlineData(false, 0), InlineData(true, 4)]
    public async Task Sense_CachingPage_SaysWhatWritesDo(bool writeBack, int enabled)
    {
        var bench = await Bench.CreateAsync(Bench.Options with { WriteBack = writeBack });

        var data = (await bench.Initiator.SendAsync(Cdb.ModeSense6(8), dataIn: 255)).Data;

        Assert.Equal(enabled, data[14]);
        Assert.Equal(0x10, data[2]);
    }

    [Fact]
    public async Task Sense_ReadOnlyUnit_IsWriteProtected()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { ReadOnly = true });

        var data = (await bench.Initiator.SendAsync(Cdb.ModeSense6(8), dataIn: 255)).Data;

        Assert.Equal(0x90, data[2]);
    }

    [Fact]
    public async Task Sense_UnknownPageOrSaved_IsRefused()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x02), dataIn: 255)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x0a, 3), dataIn: 255))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED);
    }

    [Fact]
    public async Task Select_SoftwareWriteProtect_StopsWritesAndTellsOthers()
    {
        var bench = await Bench.CreateAsync();
        var other = await bench.JoinAsync();
        var list = (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x0a), dataIn: 255)).Data;
        list[0] = 0;
        list[SoftwareWriteProtect] |= 0x08;

        (await bench.Initiator.SendAsync(Cdb.ModeSelect6((byte)list.Length), list)).AssertGood();

        (await other.SendAsync(Cdb.TestUnitReady())).AssertUnitAttention(AdditionalSense.MODE_PARAMETERS_CHANGED);
        (await bench.Initiator.SendAsync(Cdb.Write10(0, 1), new byte[512]))
            .AssertCheck(SenseKey.DATA_PROTECT, AdditionalSense.SOFTWARE_WRITE_PROTECTED);
        Assert.Equal(list[SoftwareWriteProtect], (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x0a), dataIn: 255)).Data[SoftwareWriteProtect]);
    }

    [Fact]
    public async Task Select_DescriptorSense_ChangesTheFormat()
    {
        var bench = await Bench.CreateAsync();
        var list = (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x0a), dataIn: 255)).Data;
        list[0] = 0;
        list[14] |= 0x04;
        (await bench.Initiator.SendAsync(Cdb.ModeSelect6((byte)list.Length), list)).AssertGood();

        var outcome = await bench.Initiator.SendAsync(Cdb.Read16(ulong.MaxValue, 1), dataIn: 512);

        outcome.AssertOutOfRange();
        Assert.Equal(0x72, outcome.Sense[0]);
        Assert.Equal(outcome.Sense.Length - 8, outcome.Sense[7]);
        Assert.Equal(Bench.Filled(8, 0xff), outcome.Sense[12..20]);
    }

    [Fact]
    public async Task Select_UnchangeableBit_IsRefusedWithPointer()
    {
        var bench = await Bench.CreateAsync();
        var list = (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x08), dataIn: 255)).Data;
        list[0] = 0;
        list[14] ^= 0x04;

        var outcome = await bench.Initiator.SendAsync(Cdb.ModeSelect6((byte)list.Length), list);

        outcome.AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        Assert.Equal([0x80, 0, 14], outcome.Sense[15..18]);
    }

    [Theory]
    [InlineData(3), InlineData(10), InlineData(13), InlineData(20)]
    public async Task Select_TruncatedList_IsALengthError(byte length)
    {
        var bench = await Bench.CreateAsync();
        var list = (await bench.Initiator.SendAsync(Cdb.ModeSense6(0x0a), dataIn: 255)).Data;
        list[0] = 0;

        (await bench.Initiator.SendAsync(Cdb.ModeSelect6(length), list[..length]))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    }

    [Theory]
    [InlineData(0x11), InlineData(0x00)]
    public async Task Select_SaveOrVendorFormat_IsInvalidField(byte flags)
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync([0x15, flags, 0, 0, 4, 0], new byte[4])).AssertInvalidFieldInCdb();
    }
}
