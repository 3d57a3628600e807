using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.TaskSets;

/// <summary>Task attributes, overlapping ranges and task management, SAM-5 chapters 7 and 8.</summary>
public sealed class TaskSetTests
{
    private static async Task<(Bench Bench, GatedBlockDevice Gate)> CreateGatedAsync(int blocks = 2048)
    {
        GatedBlockDevice? gate = null;
        var bench = await Bench.CreateAsync(blocks: blocks, wrap: ram => gate = new GatedBlockDevice(ram));
        return (bench, gate!);
    }

    [Fact]
    public async Task OverlappingWrites_RunOneAfterTheOtherInOrder()
    {
        var (bench, gate) = await CreateGatedAsync();

        var first = bench.Initiator.SendAsync(Cdb.Write16(0, 4), Bench.Filled(2048, 1));
        var second = bench.Initiator.SendAsync(Cdb.Write16(3, 4), Bench.Filled(2048, 2));
        var elsewhere = bench.Initiator.SendAsync(Cdb.Write16(100, 1), Bench.Filled(512, 3));

        Assert.Equal(2, gate.HeldCount);
        gate.Release(1);
        (await elsewhere).AssertGood();
        gate.Release();
        (await first).AssertGood();
        await gate.WhenHeldAsync(1);
        gate.Release();
        (await second).AssertGood();
        Assert.Equal(2, bench.Ram.Data[3 * 512]);
    }

    [Fact]
    public async Task ReadOverlappingAWrite_WaitsForIt()
    {
        var (bench, gate) = await CreateGatedAsync();

        var write = bench.Initiator.SendAsync(Cdb.Write16(0, 4), Bench.Filled(2048, 1));
        var read = bench.Initiator.SendAsync(Cdb.Read16(1, 1), dataIn: 512);

        Assert.Equal(1, gate.HeldCount);
        gate.Open();
        (await write).AssertGood();
        Assert.Equal(Bench.Filled(512, 1), (await read).AssertGood().Data);
    }

    [Fact]
    public async Task OverlappingReads_RunTogether()
    {
        var (bench, gate) = await CreateGatedAsync();

        var reads = Enumerable.Range(0, 8).Select(_ => bench.Initiator.SendAsync(Cdb.Read16(0, 8), dataIn: 4096)).ToArray();

        Assert.Equal(8, gate.HeldCount);
        gate.Open();
        foreach (var read in reads)
            (await read).AssertGood();
    }

    [Fact]
    public async Task Ordered_WaitsForOlderAndHoldsNewer()
    {
        var (bench, gate) = await CreateGatedAsync();

        var older = bench.Initiator.SendAsync(Cdb.Read16(0, 1), dataIn: 512);
        var ordered = bench.Initiator.Start(Cdb.Read16(10, 1), dataIn: 512, attribute: TaskAttribute.Ordered).Outcome;
        var newer = bench.Initiator.SendAsync(Cdb.Read16(20, 1), dataIn: 512);

        Assert.Equal(1, gate.HeldCount);
        gate.Release();
        (await older).AssertGood();
        await gate.WhenHeldAsync(1);
        Assert.Equal(1, gate.HeldCount);
        gate.Release();
        (await ordered).AssertGood();
        await gate.WhenHeldAsync(1);
        gate.Release();
        (await newer).AssertGood();
    }

    [Fact]
    public async Task HeadOfQueue_PassesWaitingTasks()
    {
        var (bench, gate) = await CreateGatedAsync();

        var older = bench.Initiator.SendAsync(Cdb.Read16(0, 1), dataIn: 512);
        var ordered = bench.Initiator.Start(Cdb.Read16(10, 1), dataIn: 512, attribute: TaskAttribute.Ordered).Outcome;
        var head = bench.Initiator.Start(Cdb.Read16(20, 1), dataIn: 512, attribute: TaskAttribute.HeadOfQueue).Outcome;

        Assert.Equal(2, gate.HeldCount);
        gate.Release();
        (await older).AssertGood();
        Assert.False(ordered.IsCompleted);
        Assert.Equal(1, gate.HeldCount);
        gate.Open();
        (await head).AssertGood();
        (await ordered).AssertGood();
    }

    [Fact]
    public async Task AcaAttribute_IsAnInvalidMessage()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.Start(Cdb.Read16(0, 1), dataIn: 512, attribute: TaskAttribute.Aca).Outcome)
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_MESSAGE_ERROR);
    }

    [Fact]
    public async Task AbortTask_RunningWrite_AnswersOnlyWhenTheMediumIsDone()
    {
        var (bench, gate) = await CreateGatedAsync();
        var (command, write) = bench.Initiator.Start(Cdb.Write16(0, 1), Bench.Filled(512, 1));

        var abort = bench.Initiator.ManageAsync(TaskManagementFunction.ABORT_TASK, command.Tag);

        Assert.False(abort.IsCompleted);
        Assert.False(write.IsCompleted);
        gate.Release();
        Assert.Equal(TaskManagementResponse.FunctionComplete, await abort);
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await write).Status);
    }

    [Fact]
    public async Task AbortTask_WaitingWrite_NeverReachesTheMedium()
    {
        var (bench, gate) = await CreateGatedAsync();
        var first = bench.Initiator.SendAsync(Cdb.Write16(0, 1), Bench.Filled(512, 1));
        var (command, second) = bench.Initiator.Start(Cdb.Write16(0, 1), Bench.Filled(512, 2));

        Assert.Equal(TaskManagementResponse.FunctionComplete, await bench.Initiator.ManageAsync(TaskManagementFunction.ABORT_TASK, command.Tag));

        Assert.Equal(ScsiStatus.TASK_ABORTED, (await second).Status);
        gate.Open();
        (await first).AssertGood();
        Assert.Equal(1, bench.Ram.Data[0]);
    }

    [Fact]
    public async Task AbortTask_UnknownTag_DoesNotExist()
    {
        var bench = await Bench.CreateAsync();

        Assert.Equal(TaskManagementResponse.TaskDoesNotExist, await bench.Initiator.ManageAsync(TaskManagementFunction.ABORT_TASK, 4711));
        Assert.Equal(TaskManagementResponse.LunDoesNotExist, await bench.Initiator.ManageAsync(TaskManagementFunction.ABORT_TASK_SET, lun: 5));
        Assert.Equal(TaskManagementResponse.FunctionNotSupported, await bench.Initiator.ManageAsync(TaskManagementFunction.CLEAR_ACA));
    }

    [Fact]
    public async Task AbortTask_LongWriteSame_StopsAtTheNextPiece()
    {
        var (bench, gate) = await CreateGatedAsync(blocks: 16384);
        var (command, fill) = bench.Initiator.Start(Cdb.WriteSame16(0, 16384), Bench.Filled(512, 1));
        await gate.WhenHeldAsync(1);

        var abort = bench.Initiator.ManageAsync(TaskManagementFunction.ABORT_TASK, command.Tag);
        gate.Open();

        Assert.Equal(TaskManagementResponse.FunctionComplete, await abort);
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await fill).Status);
        Assert.Equal(0, bench.Ram.Data[^1]);
    }

    [Fact]
    public async Task AbortTaskSet_LeavesOtherNexusesAlone()
    {
        var (bench, gate) = await CreateGatedAsync();
        var other = await bench.JoinAsync();
        var own = bench.Initiator.SendAsync(Cdb.Read16(0, 1), dataIn: 512);
        var foreign = other.SendAsync(Cdb.Read16(0, 1), dataIn: 512);

        var abort = bench.Initiator.ManageAsync(TaskManagementFunction.ABORT_TASK_SET);
        gate.Open();

        Assert.Equal(TaskManagementResponse.FunctionComplete, await abort);
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await own).Status);
        (await foreign).AssertGood();
    }

    [Fact]
    public async Task ClearTaskSet_EndsTasksOfAllNexuses()
    {
        var (bench, gate) = await CreateGatedAsync();
        var other = await bench.JoinAsync();
        var foreign = other.SendAsync(Cdb.Read16(0, 1), dataIn: 512);

        var clear = bench.Initiator.ManageAsync(TaskManagementFunction.CLEAR_TASK_SET);
        gate.Open();

        Assert.Equal(TaskManagementResponse.FunctionComplete, await clear);
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await foreign).Status);
    }

    [Fact]
    public async Task LogicalUnitReset_EndsReservationsAndTellsEverybody()
    {
        var bench = await Bench.CreateAsync();
        var other = await bench.JoinAsync();
        (await bench.Initiator.SendAsync(Cdb.Reserve6())).AssertGood();

        Assert.Equal(TaskManagementResponse.FunctionComplete, await other.ManageAsync(TaskManagementFunction.LOGICAL_UNIT_RESET));

        Assert.Equal([AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED], await other.TakeAttentionsAsync());
        Assert.Equal([AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED], await bench.Initiator.TakeAttentionsAsync());
        (await other.SendAsync(Cdb.Reserve6())).AssertGood();
    }

    [Theory]
    [InlineData(TaskManagementFunction.TARGET_WARM_RESET), InlineData(TaskManagementFunction.TARGET_COLD_RESET)]
    public async Task TargetReset_WaitsForTasksOfEveryUnit(TaskManagementFunction function)
    {
        var (bench, gate) = await CreateGatedAsync();
        var write = bench.Initiator.SendAsync(Cdb.Write16(0, 1), Bench.Filled(512, 1));

        var reset = bench.Initiator.ManageAsync(function);

        Assert.False(reset.IsCompleted);
        gate.Open();
        Assert.Equal(TaskManagementResponse.FunctionComplete, await reset);
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await write).Status);
        Assert.Equal([AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED], await bench.Initiator.TakeAttentionsAsync());
    }

    [Fact]
    public async Task FullTaskSet_SaysSo()
    {
        var (bench, gate) = await CreateGatedAsync();
        var reads = Enumerable.Range(0, 1024).Select(_ => bench.Initiator.SendAsync(Cdb.Read16(0, 1), dataIn: 512)).ToArray();

        var overflow = await bench.Initiator.SendAsync(Cdb.Read16(0, 1), dataIn: 512);

        Assert.Equal(ScsiStatus.TASK_SET_FULL, overflow.Status);
        gate.Open();
        foreach (var read in reads)
            (await read).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.Read16(0, 1), dataIn: 512)).AssertGood();
    }

    [Fact]
    public async Task ManyWaitersOnOneRange_AllRunWithoutNesting()
    {
        var (bench, gate) = await CreateGatedAsync();
        var writes = Enumerable.Range(0, 1000).Select(i => bench.Initiator.SendAsync(Cdb.Write16(0, 1), Bench.Filled(512, (byte)i))).ToArray();

        Assert.Equal(1, gate.HeldCount);
        var opener = new Thread(gate.Open, 128 * 1024);
        opener.Start();

        foreach (var write in writes)
            (await write).AssertGood();
        opener.Join();
        Assert.Equal(unchecked((byte)999), bench.Ram.Data[0]);
    }

    [Fact]
    public async Task RemovedUnit_CommandsEndFirst()
    {
        var (bench, gate) = await CreateGatedAsync();
        var write = bench.Initiator.SendAsync(Cdb.Write16(0, 1), Bench.Filled(512, 1));
        var (gathering, wanted) = bench.Initiator.Accept(Cdb.Write16(0, 1), new byte[512]);

        var removed = bench.Target.SetLogicalUnits([]);

        Assert.False(removed.IsCompleted);
        gate.Open();
        await removed.WaitAsync(TimeSpan.FromSeconds(30));
        (await write).AssertGood();
        (await bench.Initiator.ExecuteAsync(gathering, new byte[512], wanted))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
    }
}
