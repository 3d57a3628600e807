using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Mode;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Mode;

/// <summary>Saved mode pages (SP, PS, PC 11b), and the logical block provisioning mode page with its soft threshold.</summary>
public sealed class SavedModeTests
{
    private const int DescriptorSenseAt = 14;

    private sealed class Store : IModeStore
    {
        public ModeValues? Values { get; set; }

        public bool Fails { get; set; }

        public ModeValues? Load() => Values;

        public void Save(ModeValues values)
        {
            if (Fails)
                throw new IOException("No space left on device");
            Values = values;
        }
    }

    private sealed class SharedDevice(RamBlockDevice ram) : BlockDeviceDecorator(ram), IBlockSpace
    {
        public long Available { get; set; } = 100 << 20;

        public override void Submit(BlockRequest request) => Inner.Submit(request);

        public BlockSpace? GetSpace() => new(0, Available);
    }

    private readonly Store _store = new();

    [Fact]
    public async Task Select_WithSave_OutlivesAResetAndAnotherUnit()
    {
        var (initiator, _, _) = await CreateAsync();
        var list = await ControlAsync(initiator);
        list[DescriptorSenseAt] |= 0x04;

        (await initiator.SendAsync([0x15, 0x11, 0, 0, (byte)list.Length, 0], list)).AssertGood();
        await initiator.ManageAsync(TaskManagementFunction.LOGICAL_UNIT_RESET);
        await initiator.TakeAttentionsAsync();
        var afterReset = await ControlAsync(initiator);
        var (again, _, _) = await CreateAsync();

        Assert.Equal(new ModeValues(DescriptorSense: true), _store.Values);
        Assert.Equal(0x04, afterReset[DescriptorSenseAt] & 0x04);
        Assert.Equal(0x04, (await ControlAsync(again))[DescriptorSenseAt] & 0x04);
    }

    [Fact]
    public async Task Select_WithoutSave_IsGoneAfterAReset()
    {
        var (initiator, _, _) = await CreateAsync();
        var list = await ControlAsync(initiator);
        list[DescriptorSenseAt] |= 0x04;

        (await initiator.SendAsync(Cdb.ModeSelect6((byte)list.Length), list)).AssertGood();
        var saved = await ControlAsync(initiator, control: 3);
        await initiator.ManageAsync(TaskManagementFunction.LOGICAL_UNIT_RESET);
        await initiator.TakeAttentionsAsync();

        Assert.Null(_store.Values);
        Assert.Equal(0, saved[DescriptorSenseAt] & 0x04);
        Assert.Equal(0, (await ControlAsync(initiator))[DescriptorSenseAt] & 0x04);
    }

    [Fact]
    public async Task Select_SaveFails_ChangesNothing()
    {
        var (initiator, _, _) = await CreateAsync();
        var list = await ControlAsync(initiator);
        list[DescriptorSenseAt] |= 0x04;
        _store.Fails = true;

        (await initiator.SendAsync([0x15, 0x11, 0, 0, (byte)list.Length, 0], list)).AssertCheck(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);

        Assert.Equal(0, (await ControlAsync(initiator))[DescriptorSenseAt] & 0x04);
    }

    [Fact]
    public async Task Sense_PagesThatCanBeSaved_SaySo()
    {
        var (initiator, _, _) = await CreateAsync();

        Assert.Equal(0x8A, (await ControlAsync(initiator))[12]);
        Assert.Equal(0x08, (await initiator.SendAsync(Cdb.ModeSense6(0x08), dataIn: 255)).Data[12]);
    }

    [Fact]
    public async Task Threshold_Reached_IsToldOnceToEveryNexus()
    {
        var (initiator, unit, device) = await CreateAsync();
        var other = new Initiator(initiator.Target, "iqn.2026-01.test:b") { Lun = 0 };
        await other.TakeAttentionsAsync();
        // The capacity is 20 MiB: without a threshold of one's own it is reached at 2 MiB.
        device.Available = 3 << 20;
        unit.CheckThreshold();
        Assert.Empty(await initiator.TakeAttentionsAsync());

        device.Available = 2 << 20;
        unit.CheckThreshold();
        unit.CheckThreshold();

        Assert.Equal([AdditionalSense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED], await initiator.TakeAttentionsAsync());
        Assert.Equal([AdditionalSense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED], await other.TakeAttentionsAsync());
        unit.CheckThreshold();
        Assert.Empty(await initiator.TakeAttentionsAsync());
        device.Available = 50 << 20;
        unit.CheckThreshold();
        device.Available = 1 << 20;
        unit.CheckThreshold();
        Assert.Equal([AdditionalSense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED], await initiator.TakeAttentionsAsync());
    }

    [Fact]
    public async Task Threshold_SetByModeSelect_Counts()
    {
        var (initiator, unit, device) = await CreateAsync();
        device.Available = 60 << 20;
        unit.CheckThreshold();
        var list = (await initiator.SendAsync([0x5a, 0x08, 0x1c, 0x02, 0, 0, 0, 0, 255, 0], dataIn: 255)).AssertGood().Data;
        Assert.Equal([0xDC, 0x02, 0, 0x14], list[8..12]);
        Assert.Equal([0x80, 0x01, 0, 0, 0, 0, 0, 2], list[24..32]);

        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(28), 64);
        list[0] = list[1] = 0;
        (await initiator.SendAsync([0x55, 0x11, 0, 0, 0, 0, 0, 0, (byte)list.Length, 0], list)).AssertGood();
        unit.CheckThreshold();

        Assert.Equal([AdditionalSense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED], await initiator.TakeAttentionsAsync());
        Assert.Equal(new ModeValues(ThresholdSets: 64), _store.Values);
    }

    [Fact]
    public async Task Sense_Subpages_AreGivenWhereAskedFor()
    {
        var (initiator, _, _) = await CreateAsync();

        var plain = (await initiator.SendAsync(Cdb.Ten(0x5a, 0x08, 0x3f00_0000, 255), dataIn: 255)).AssertGood().Data;
        var all = (await initiator.SendAsync([0x5a, 0x08, 0x3f, 0xff, 0, 0, 0, 0, 255, 0], dataIn: 255)).AssertGood().Data;
        var missing = await initiator.SendAsync([0x5a, 0x08, 0x1c, 0x03, 0, 0, 0, 0, 255, 0], dataIn: 255);

        Assert.Equal(plain.Length + 24, all.Length);
        missing.AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task SetTargetPortGroups_WithImplicitAccessOnly_IsNoCommand()
    {
        var (initiator, _, _) = await CreateAsync();

        (await initiator.SendAsync([0xa4, 0x0a, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0], new byte[8]))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
        // TPGS 01b, and REPORT SUPPORTED OPERATION CODES says "not supported".
        Assert.Equal(0x10, (await initiator.SendAsync([0x12, 0, 0, 0, 96, 0], dataIn: 96)).Data[5] & 0x30);
        Assert.Equal(1, (await initiator.SendAsync([0xa3, 0x0c, 3, 0xa4, 0, 0x0a, 0, 0, 0, 255, 0, 0], dataIn: 255)).Data[1] & 7);
    }

    private async Task<(Initiator Initiator, LogicalUnit Unit, SharedDevice Device)> CreateAsync()
    {
        var device = new SharedDevice(new RamBlockDevice(20 << 20));
        var unit = new LogicalUnit(Bench.Options, device, new UnitFacilities(Mode: _store));
        var target = Bench.CreateTarget();
        await target.SetLogicalUnits([unit]);
        var initiator = new Initiator(target);
        await initiator.TakeAttentionsAsync();
        return (initiator, unit, device);
    }

    private static async Task<byte[]> ControlAsync(Initiator initiator, byte control = 0)
    {
        var data = (await initiator.SendAsync(Cdb.ModeSense6(0x0a, control), dataIn: 255)).AssertGood().Data;
        data[0] = 0;
        return data;
    }
}
