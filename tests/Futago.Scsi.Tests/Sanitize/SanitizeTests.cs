using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sanitize;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Scsi.Tests.Sanitize;

/// <summary>SANITIZE (SBC-3 sections 4.11 and 5.19).</summary>
public sealed class SanitizeTests
{
    private const int Blocks = 2048;
    private const byte Overwrite = 0x01;
    private const byte BlockErase = 0x02;
    private const byte Exit = 0x1f;
    private const byte Immediate = 0x80;
    private const byte AllowExit = 0x20;

    private sealed class FakeStore : ISanitizeStore
    {
        public SanitizeRecord? Record { get; set; }

        public List<SanitizeRecord?> Saved { get; } = [];

        public SanitizeRecord? Load() => Record;

        public void Save(SanitizeRecord? record)
        {
            Record = record;
            Saved.Add(record);
        }
    }

    private static async Task<(RamBlockDevice Ram, Initiator Initiator)> CreateAsync(
        FakeStore store, LogicalUnitOptions? options = null, Func<RamBlockDevice, IBlockDevice>? wrap = null)
    {
        var ram = new RamBlockDevice(Blocks * 512);
        ram.Data.Fill((byte)'a');
        var target = new ScsiTarget(new ScsiTargetOptions { Name = Bench.TargetName }, TimeProvider.System, NullLogger<ScsiTarget>.Instance);
        await target.SetLogicalUnits(
            [new LogicalUnit(options ?? Bench.Options, wrap?.Invoke(ram) ?? ram, new UnitFacilities(Sanitize: new SanitizeState(store)))]);
        var initiator = new Initiator(target);
        while ((await initiator.SendAsync(Cdb.RequestSense(), dataIn: 252)).Data[2] != 0 && store.Record is null)
            continue;
        if (store.Record is not null)
            await initiator.SendAsync(Cdb.RequestSense(), dataIn: 252);
        return (ram, initiator);
    }

    private static byte[] Command(byte action, int length = 0) => [0x48, action, 0, 0, 0, 0, 0, (byte)(length >> 8), (byte)length, 0];

    private static byte[] List(byte flags, params byte[] pattern) => [flags, 0, (byte)(pattern.Length >> 8), (byte)pattern.Length, .. pattern];

    [Fact]
    public async Task Overwrite_PatternOfThreeBytes_StartsAnewInEveryBlock()
    {
        var store = new FakeStore();
        var (ram, initiator) = await CreateAsync(store);

        (await initiator.SendAsync(Command(Overwrite, 7), List(0x01, 1, 2, 3))).AssertGood();

        Assert.All(Enumerable.Range(0, Blocks), block => Assert.Equal([1, 2, 3, 1], ram.Data.Slice(block * 512, 4).ToArray()));
        Assert.Equal([2, 1], [ram.Data[511], ram.Data[512]]);
        Assert.Equal([new SanitizeRecord(Overwrite, false), null], store.Saved);
        Assert.True(ram.FlushCount > 0);
        (await initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).AssertGood();
    }

    [Fact]
    public async Task Overwrite_Inverted_EndsWithThePattern()
    {
        var (ram, initiator) = await CreateAsync(new FakeStore());

        (await initiator.SendAsync(Command(Overwrite, 5), List(0x82, 0x0f))).AssertGood();

        Assert.Equal(2, ram.FlushCount);
        Assert.Equal(-1, ram.Data.IndexOfAnyExcept((byte)0x0f));
    }

    [Fact]
    public async Task BlockErase_ThinUnit_GivesTheSpaceBack()
    {
        var (ram, initiator) = await CreateAsync(new FakeStore());

        (await initiator.SendAsync(Command(BlockErase))).AssertGood();

        Assert.Equal(-1, ram.Data.IndexOfAnyExcept((byte)0));
        ram.GetAllocation(0, out var allocated);
        Assert.False(allocated);
        var characteristics = (await initiator.SendAsync(Cdb.Inquiry(0xb1), dataIn: 255)).Data;
        Assert.Equal(0x40, characteristics[7]);
    }

    [Fact]
    public async Task BlockErase_ThickUnit_IsNotOffered()
    {
        var (_, initiator) = await CreateAsync(new FakeStore(), Bench.Options with { Thin = false });

        (await initiator.SendAsync(Command(BlockErase))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }

    public static TheoryData<byte[], byte[]> Wrong { get; } = new()
    {
        { Command(Overwrite | 0x40, 5), List(1, 0) },
        { Command(Overwrite, 4), List(1) },
        { Command(Overwrite, 517), List(1, new byte[513]) },
        { Command(Overwrite, 5), List(0, 0) },
        { Command(Overwrite, 5), List(0x21, 0) },
        { Command(Overwrite, 6), [1, 0, 0, 1, 0, 0] },
        { Command(Overwrite, 6), [1, 0, 0, 3, 0, 0] },
        { Command(BlockErase, 8), new byte[8] },
        { Command(Exit, 8), new byte[8] },
        { [0x48, BlockErase, 0, 0, 1, 0, 0, 0, 0, 0], [] },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task Command_Wrong_DestroysNothing(byte[] cdb, byte[] list)
    {
        var store = new FakeStore();
        var (ram, initiator) = await CreateAsync(store);

        var outcome = await initiator.SendAsync(cdb, list.Length == 0 ? null : list);

        Assert.Contains(outcome.Code, new[] { AdditionalSense.INVALID_FIELD_IN_CDB, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST });
        Assert.Empty(store.Saved);
        Assert.Equal(-1, ram.Data.IndexOfAnyExcept((byte)'a'));
    }

    [Fact]
    public async Task UnderWay_EverythingElseIsRefusedAndNothingStopsIt()
    {
        GatedBlockDevice? gate = null;
        var store = new FakeStore();
        var (ram, initiator) = await CreateAsync(store, wrap: device => gate = new GatedBlockDevice(device));
        var gathering = initiator.Accept(Cdb.Write10(0, 1), new byte[512]);

        var (command, sanitizing) = initiator.Start(Command(Overwrite, 5), List(1, 0x55));
        await gate!.WhenHeldAsync(1);
        (await initiator.SendAsync(Cdb.TestUnitReady())).AssertCheck(SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS);
        (await initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).AssertCheck(SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS);
        (await initiator.SendAsync(Command(BlockErase))).AssertCheck(SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS);
        (await initiator.SendAsync(Cdb.Inquiry(), dataIn: 96)).AssertGood();
        (await initiator.SendAsync(Cdb.ReportLuns(), dataIn: 64)).AssertGood();
        var sense = (await initiator.SendAsync(Cdb.RequestSense(), dataIn: 252)).AssertGood().Data;
        Assert.Equal((0x02, 0x04, 0x1b, 0x80), (sense[2], sense[12], sense[13], sense[15]));
        Assert.Equal(TaskManagementResponse.FunctionComplete, await initiator.ManageAsync(TaskManagementFunction.ABORT_TASK, command.Tag));
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await sanitizing).Status);
        // A write whose data was on its way when it began does not get behind it.
        (await initiator.ExecuteAsync(gathering.Command, new byte[512], gathering.Wanted))
            .AssertCheck(SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS);
        Assert.Equal(TaskManagementResponse.FunctionComplete, await initiator.ManageAsync(TaskManagementFunction.LOGICAL_UNIT_RESET));
        Assert.NotNull(store.Record);

        gate.Open();
        while ((await initiator.SendAsync(Cdb.TestUnitReady())).Status != ScsiStatus.GOOD)
            await Task.Yield();
        Assert.Equal(-1, ram.Data.IndexOfAnyExcept((byte)0x55));
        Assert.Null(store.Record);
    }

    [Fact]
    public async Task Failed_UnitStaysUnusableUntilASanitizeSucceeds()
    {
        FaultyBlockDevice? faulty = null;
        var store = new FakeStore();
        var (_, initiator) = await CreateAsync(store, wrap: device => faulty = new FaultyBlockDevice(device));
        faulty!.Fail(BlockOperation.Write, BlockStatus.WriteError, 512 * 100, 512);

        (await initiator.SendAsync(Command(Overwrite, 5), List(1, 0x55))).AssertCheck(SenseKey.MEDIUM_ERROR, AdditionalSense.SANITIZE_COMMAND_FAILED);
        (await initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).AssertCheck(SenseKey.MEDIUM_ERROR, AdditionalSense.SANITIZE_COMMAND_FAILED);
        // AUSE was 0: there is no way out but a sanitize that succeeds.
        (await initiator.SendAsync(Command(Exit))).AssertInvalidFieldInCdb();
        (await initiator.SendAsync(Command(BlockErase))).AssertGood();

        (await initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).AssertGood();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InterruptedByTheEndOfTheEngine_CountsAsFailed(bool allowsExit)
    {
        var (_, initiator) = await CreateAsync(new FakeStore { Record = new SanitizeRecord(Overwrite, allowsExit) });

        (await initiator.SendAsync(Cdb.TestUnitReady())).AssertCheck(SenseKey.MEDIUM_ERROR, AdditionalSense.SANITIZE_COMMAND_FAILED);
        var exit = await initiator.SendAsync(Command(Exit));

        Assert.Equal(allowsExit ? ScsiStatus.GOOD : ScsiStatus.CHECK_CONDITION, exit.Status);
        Assert.Equal(allowsExit, (await initiator.SendAsync(Cdb.TestUnitReady())).Status == ScsiStatus.GOOD);
    }

    [Fact]
    public async Task WriteProtectedOrReservedUnit_IsNotSanitized()
    {
        var store = new FakeStore();
        var (_, readOnly) = await CreateAsync(store, Bench.Options with { ReadOnly = true });

        (await readOnly.SendAsync(Command(BlockErase))).AssertCheck(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        (await readOnly.SendAsync(Command(Overwrite, 5), List(1, 0))).AssertCheck(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        Assert.Empty(store.Saved);
    }

    [Fact]
    public async Task WithoutAPlaceToNoteIt_IsNotOffered()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Command(BlockErase))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
    }

    [Fact]
    public async Task Immediate_AnswersAtOnce()
    {
        GatedBlockDevice? gate = null;
        var (_, initiator) = await CreateAsync(new FakeStore(), wrap: device => gate = new GatedBlockDevice(device));

        (await initiator.SendAsync(Command(BlockErase | Immediate | AllowExit))).AssertGood();

        Assert.Equal(0x1b04, BinaryPrimitives.ReadUInt16LittleEndian((await initiator.SendAsync(Cdb.RequestSense(), dataIn: 252)).Data.AsSpan(12)));
        gate!.Open();
        while ((await initiator.SendAsync(Cdb.TestUnitReady())).Status != ScsiStatus.GOOD)
            await Task.Yield();
    }
}
