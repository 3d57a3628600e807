using Futago.Console.Client.Tasks;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Tests.Pairing;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>Comparing both sides by a schedule: runs, the task log, and slots at which nothing could be compared.</summary>
public sealed class VerifyScheduleTests(DatabaseFixture databases) : IAsyncLifetime
{
    private const string Task1 = "replication1";
    private const string VerifyTask = "replication1 verify";

    private ReplicatedPair _pair = null!;

    private TestNode A => _pair.A;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync(databases);
        await A.Replications.CreateAsync(new CreateVolumeReplication(Task1, "vg00/lv0000", "vg00/lv0000", true));
        await A.Replications.StartAsync(Task1);
    }

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task Schedule_IsSetChangedAndTakenAway()
    {
        var result = await SetAsync("sun 02:00");
        Assert.Equal((VerifyTask, TaskKind.VolumeReplicationVerify, "Sun 02:00"), (result.VerifySchedule!.Name, result.VerifySchedule.Kind, result.VerifySchedule.Schedule));
        Assert.Equal(new DateTimeOffset(2026, 3, 15, 2, 0, 0, TimeSpan.Zero), result.VerifySchedule.NextRun);

        Assert.Equal("Mon 03:00", (await SetAsync("Mon 03:00")).VerifySchedule!.Schedule);
        Assert.Null((await SetAsync("")).VerifySchedule);
        Assert.Empty(await A.TaskLog.ListAsync());
    }

    [Fact]
    public async Task Schedule_ThatCannotBeRead_ChangesNothing()
    {
        var refused = await Refusal.OfAsync(() => A.Replications.UpdateAsync(Task1, new UpdateVolumeReplication(10 * ByteSize.MiB, "sometimes")));

        Assert.Equal("schedule", refused.Field);
        var view = await A.Replications.GetAsync(Task1);
        Assert.Equal((null, null), (view.VerifySchedule, view.ResyncLimitBytesPerSecond));
    }

    [Fact]
    public async Task Slot_ComparesAndLogsWhatWasFound()
    {
        await SetAsync("Sun 02:00");
        await SlotAsync();
        Assert.StartsWith("verify/start", Assert.Single(A.Plane.Engine.ReplicationCommands), StringComparison.Ordinal);
        await A.VerifyKind.CollectAsync(A.Runs);
        Assert.Null((await A.Replications.GetAsync(Task1)).VerifySchedule!.LastRun!.FinishedAt);

        Report(new VerifyReport(A.Plane.Time.Now, A.Plane.Time.Now.AddMinutes(3), ByteSize.GiB, ByteSize.GiB, 8192, [new ByteRange(4096, 8192)], false));
        await A.VerifyKind.CollectAsync(A.Runs);

        var run = (await A.Replications.GetAsync(Task1)).VerifySchedule!.LastRun!;
        Assert.Equal((RunStatus.Error, "verify-different"), (run.Status, run.Reason));
        Assert.Contains("8 KiB of 1 GiB differ", run.Detail, StringComparison.Ordinal);
        Assert.Equal([TaskAction.Finished, TaskAction.Started], (await LogAsync()).Select(l => l.Action));
    }

    [Fact]
    public async Task Slot_BothSidesTheSame_IsOk()
    {
        await SetAsync("Sun 02:00");
        await SlotAsync();

        Report(new VerifyReport(A.Plane.Time.Now, A.Plane.Time.Now.AddMinutes(3), ByteSize.GiB, ByteSize.GiB, 0, [], false));
        await A.VerifyKind.CollectAsync(A.Runs);

        Assert.Equal(RunStatus.Ok, (await A.Replications.GetAsync(Task1)).VerifySchedule!.LastRun!.Status);
    }

    /// <summary>The report of an earlier verify is not this run's.</summary>
    [Fact]
    public async Task Slot_WhoseVerifyTheEngineForgot_EndsAsUnknown()
    {
        Report(new VerifyReport(A.Plane.Time.Now, A.Plane.Time.Now.AddMinutes(3), ByteSize.GiB, ByteSize.GiB, 0, [], false));
        await SetAsync("Sun 02:00");
        await SlotAsync();
        await A.VerifyKind.CollectAsync(A.Runs);
        Assert.Null((await A.Replications.GetAsync(Task1)).VerifySchedule!.LastRun!.FinishedAt);

        A.Plane.Time.Now += TimeSpan.FromMinutes(1);
        await A.VerifyKind.CollectAsync(A.Runs);

        var run = (await A.Replications.GetAsync(Task1)).VerifySchedule!.LastRun!;
        Assert.Equal((RunStatus.Warning, "verify-aborted"), (run.Status, run.Reason));
    }

    [Theory]
    [InlineData(ReplicationConnection.Connecting, ReplicationRole.Source, DataState.UpToDate, "verify-not-connected")]
    [InlineData(ReplicationConnection.Connected, ReplicationRole.Destination, DataState.UpToDate, "verify-not-source")]
    [InlineData(ReplicationConnection.Connected, ReplicationRole.Source, DataState.Inconsistent, "verify-not-synced")]
    public async Task Slot_AtWhichNothingCanBeCompared_IsAWarningWithTheReason(ReplicationConnection connection, ReplicationRole role, DataState peerData, string reason)
    {
        await SetAsync("Sun 02:00");
        _pair.Status = (_, status) => status with
        {
            Connection = connection,
            Role = role,
            PeerData = peerData,
            PeerRole = role == ReplicationRole.Source ? ReplicationRole.Destination : ReplicationRole.Source,
        };
        _pair.Refresh();

        await SlotAsync();

        Assert.Empty(A.Plane.Engine.ReplicationCommands);
        var line = (await LogAsync())[0];
        Assert.Equal((RunStatus.Warning, TaskAction.Finished, reason), (line.Status, line.Action, line.Reason));
    }

    [Fact]
    public async Task Delete_OfTheReplication_TakesTheSchedulesOfBothNodesAlong()
    {
        await SetAsync("Sun 02:00");
        await _pair.B.Replications.UpdateAsync("replication1_reverse", new UpdateVolumeReplication(VerifySchedule: "Mon 02:00"));

        await A.Replications.DeleteAsync(Task1, new DeleteVolumeReplication(Task1));

        Assert.Empty(await A.TaskLog.ListAsync());
        Assert.Empty(await _pair.B.TaskLog.ListAsync());
    }

    private async Task<VolumeReplicationView> SetAsync(string schedule) =>
        (await A.Replications.UpdateAsync(Task1, new UpdateVolumeReplication(VerifySchedule: schedule))).Task;

    private async Task SlotAsync()
    {
        var task = Assert.Single(await A.TaskLog.ListAsync());
        A.Plane.Time.Now = task.NextSlot!.Value.AddSeconds(1);
        await A.Slots.OnSlotAsync(task.Id);
    }

    private void Report(VerifyReport report)
    {
        _pair.Status = (_, status) => status with { Verify = report };
        _pair.Refresh();
    }

    private async Task<IReadOnlyList<Management.Tasks.TaskLogEntry>> LogAsync() => await A.TaskLog.ListLogAsync(new TaskLogQuery());
}
