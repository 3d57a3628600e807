using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.UnitAttentions;

/// <summary>Unit attention conditions, SAM-5 section 5.14.</summary>
public sealed class UnitAttentionTests
{
    private static LogicalUnit Unit(int lun) => new(Bench.Options with { Lun = lun }, new RamBlockDevice(1 << 20));

    [Fact]
    public async Task FirstLogin_IsPowerOn_NextIsNexusLoss()
    {
        var target = Bench.CreateTarget();
        await target.SetLogicalUnits([Unit(0)]);

        var first = new Initiator(target);
        var atFirst = await first.TakeAttentionsAsync();
        first.Close();
        var again = await new Initiator(target).TakeAttentionsAsync();

        Assert.Equal([AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED], atFirst);
        Assert.Equal([AdditionalSense.I_T_NEXUS_LOSS_OCCURRED], again);
    }

    [Fact]
    public async Task Pending_InquiryReportLunsAndRequestSenseGoThrough()
    {
        var target = Bench.CreateTarget();
        await target.SetLogicalUnits([Unit(0)]);
        var initiator = new Initiator(target);

        (await initiator.SendAsync(Cdb.Inquiry(), dataIn: 96)).AssertGood();
        (await initiator.SendAsync(Cdb.ReportLuns(), dataIn: 64)).AssertGood();
        var sense = (await initiator.SendAsync(Cdb.RequestSense(), dataIn: 252)).AssertGood().Data;

        Assert.Equal((0x70, 6, 0x29), (sense[0], sense[2], sense[12]));
        (await initiator.SendAsync(Cdb.TestUnitReady())).AssertGood();
    }

    [Fact]
    public async Task RequestSense_DescriptorFormat_IsObeyed()
    {
        var bench = await Bench.CreateAsync();

        var sense = (await bench.Initiator.SendAsync(Cdb.RequestSense(descriptor: true), dataIn: 252)).AssertGood().Data;

        Assert.Equal([0x72, 0, 0, 0, 0, 0, 0, 0], sense);
    }

    [Fact]
    public async Task LunsChanged_IsReportedOnceAndClearedByReportLuns()
    {
        var bench = await Bench.CreateAsync();
        var other = await bench.JoinAsync();

        await bench.Target.SetLogicalUnits([bench.Unit, Unit(3)]);

        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertUnitAttention(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertGood();
        (await other.SendAsync(Cdb.ReportLuns(), dataIn: 64)).AssertGood();
        (await other.SendAsync(Cdb.TestUnitReady())).AssertGood();
        Assert.Equal([AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED], await other.TakeAttentionsAsync(lun: 3));
    }

    [Fact]
    public async Task SameUnitsAgain_ChangeNothing()
    {
        var bench = await Bench.CreateAsync();

        await bench.Target.SetLogicalUnits([bench.Unit]);

        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertGood();
    }

    [Fact]
    public async Task Grown_IsReportedAndTheCapacityFollows()
    {
        var bench = await Bench.CreateAsync();

        bench.Ram.GrowTo(4096 * 512);

        (await bench.Initiator.SendAsync(Cdb.Read10(4000, 1), dataIn: 512)).AssertUnitAttention(AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
        (await bench.Initiator.SendAsync(Cdb.Read10(4000, 1), dataIn: 512)).AssertGood();
        Assert.Equal([0, 0, 0x0f, 0xff], (await bench.Initiator.SendAsync(Cdb.ReadCapacity10(), dataIn: 8)).Data[..4]);
    }

    [Fact]
    public async Task DuplicateLun_IsRefusedAndChangesNothing()
    {
        var bench = await Bench.CreateAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => bench.Target.SetLogicalUnits([Unit(1), Unit(1)]));

        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertGood();
    }

    [Fact]
    public async Task Removable_EjectAndLoad()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Removable = true });
        var other = await bench.JoinAsync();

        (await bench.Initiator.SendAsync(Cdb.StartStop(0x02))).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        (await bench.Initiator.SendAsync(Cdb.ReadCapacity16(), dataIn: 32)).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        (await bench.Initiator.SendAsync(Cdb.Write10(0, 1), new byte[512])).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        (await bench.Initiator.SendAsync(Cdb.StartStop(0x03))).AssertGood();

        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertGood();
        (await other.SendAsync(Cdb.TestUnitReady())).AssertUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
    }

    [Fact]
    public async Task Removable_PreventedByAnyNexus_StaysUntilThatNexusGoes()
    {
        var bench = await Bench.CreateAsync(Bench.Options with { Removable = true });
        var other = await bench.JoinAsync();
        (await other.SendAsync(Cdb.Prevent(true))).AssertGood();

        (await bench.Initiator.SendAsync(Cdb.StartStop(0x02))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        (await bench.Initiator.SendAsync(Cdb.StartStop(0x03))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        other.Close();

        (await bench.Initiator.SendAsync(Cdb.StartStop(0x02))).AssertGood();
    }

    [Fact]
    public async Task FixedDisk_StopsAndStartsButNeverEjects()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.StartStop(0x00))).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.StartStop(0x32))).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.StartStop(0x02))).AssertInvalidFieldInCdb();

        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertGood();
        Assert.Equal(2, bench.Ram.FlushCount);
    }
}
