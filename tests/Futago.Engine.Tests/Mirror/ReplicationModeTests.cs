using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using static Futago.Engine.Tests.Mirror.MirroredEngines;

namespace Futago.Engine.Tests.Mirror;

/// <summary>The mode of a volume before, beside and after a task, on real engines; and the metadata that a task left.</summary>
public sealed class ReplicationModeTests
{
    private const string Lv = "lv0000";

    private static async Task<Problem> RefusedAsync(Func<Task> attempt) => (await Assert.ThrowsAsync<ProblemException>(attempt)).Problem;

    private static Task<VolumeInfo> SetAsync(EngineUnderTest engine, VolumeReplicationMode mode, string name = Lv) =>
        engine.Client.SetReplicationModeAsync("vg00", name, new SetVolumeReplicationMode(mode));

    private static Task<VolumeInfo> ClearAsync(EngineUnderTest engine, bool anyway = false) =>
        engine.Client.ClearReplicationModeAsync("vg00", Lv, new ClearVolumeReplicationMode(Lv, anyway));

    private static async Task<VolumeInfo> VolumeAsync(EngineUnderTest engine, string name = Lv) => (await engine.Client.ListVolumesAsync()).Single(v => v.Name == name);

    [Fact]
    public async Task Destination_WithoutATask_IsLockedAlsoAfterAKill()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync(2L << 30);
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(Lv, VolumeType.Iscsi, 16 * MiB));
        var nas = await engine.Client.CreateVolumeAsync("vg00", new("nas0", VolumeType.Nas, 512 * MiB, Thin: true));
        await SetAsync(engine, VolumeReplicationMode.Destination);
        await SetAsync(engine, VolumeReplicationMode.Destination, "nas0");
        await engine.KillAsync();
        await engine.StartAgainAsync();

        Assert.Equal(VolumeReplicationMode.Destination, (await VolumeAsync(engine)).ReplicationMode);
        Assert.Equal(ProblemCodes.VolumeReplicationModeDestination, (await RefusedAsync(() => engine.Client.DeleteVolumeAsync("vg00", Lv, new DeleteRequest(Lv)))).Code);
        var share = await RefusedAsync(() => engine.Client.CreateShareAsync(new("office", "vg00/nas0", Guest: true)));
        Assert.Equal((ProblemCodes.VolumeReplicationModeDestination, "volume"), (share.Code, share.Field));
        var iso = await RefusedAsync(() => engine.Client.CheckIsoImageAsync("vg00", "nas0", "/a.iso"));
        Assert.Equal((ProblemCodes.VolumeReplicationModeDestination, "iso"), (iso.Code, iso.Field));
        // What a console sends all the same is not served, and says why.
        var target = EngineUnderTest.Target(TargetName, volume.Id) with { CdRoms = [new CdRomConfiguration(2, nas.Id, "/a.iso", "3000000000000002", "FUTAGO-2")] };
        var applied = await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, target));
        Assert.Equal(2, applied.Problems.Count(p => p.Problem.Code == ProblemCodes.VolumeReplicationModeDestination));
        Assert.NotNull(await engine.WaitForEventAsync(EventCodes.VolumeModeDestination));

        await SetAsync(engine, VolumeReplicationMode.Source);

        await engine.WaitForAsync(u => u.Targets?.SingleOrDefault(t => t.Luns.Any(l => l.Lun == 1 && l.Online)));
        // It has a use now.
        var refused = await RefusedAsync(() => SetAsync(engine, VolumeReplicationMode.Destination));
        Assert.Equal((ProblemCodes.VolumeReplicationDestinationInUse, "mode"), (refused.Code, refused.Field));
    }

    [Fact]
    public async Task Destination_ShareThatIsThereAlready_KeepsTheVolumeFromIt()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync(2L << 30);
        await engine.Client.CreateVolumeAsync("vg00", new("nas0", VolumeType.Nas, 512 * MiB, Thin: true));
        await engine.Client.CreateShareAsync(new("office", "vg00/nas0", Guest: true));

        var refused = await RefusedAsync(() => SetAsync(engine, VolumeReplicationMode.Destination, "nas0"));

        Assert.Equal((ProblemCodes.VolumeReplicationDestinationInUse, "share office"), (refused.Code, refused.Args!["users"]));
    }

    /// <summary>No source is left locked and no destination open, when a task ends after its roles were switched.</summary>
    [Fact]
    public async Task Mode_FollowsTheRole_AndStaysWhenTheTaskHasGone()
    {
        await using var pair = await PairedAsync();
        await SetAsync(pair.A, VolumeReplicationMode.Source);
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenInSyncAsync();
        Assert.Equal(ProblemCodes.VolumeReplicationModeOfTask, (await RefusedAsync(() => SetAsync(pair.A, VolumeReplicationMode.Destination))).Code);
        var preview = await pair.A.Client.PreviewClearReplicationAsync("vg00", Lv);
        Assert.Equal((ProblemCodes.VolumeReplicationModeOfTask, MirroredEngines.Task, true, false), (preview.Refusal!.Code, preview.Refusal.Args!["task"], preview.Metadata, preview.MayAnyway));
        Assert.Equal(ProblemCodes.VolumeReplicationModeOfTask, (await RefusedAsync(() => ClearAsync(pair.A, anyway: true))).Code);

        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        await pair.WhenAsync(0, s => s.Role == ReplicationRole.Destination);
        await pair.ConfigureAsync(1, ReplicationRole.Source);
        await pair.WhenInSyncAsync(source: 1);
        // In the task its LUN stays where it is.
        using (var standby = pair.LogIn(0))
            Assert.Equal(2, standby.Execute(Lun, new byte[6]).SenseKey);
        await pair.ConfigureAsync(0);
        await pair.ConfigureAsync(1);

        await UntilAsync(async () => await VolumeAsync(pair.A) is { ReplicationMode: VolumeReplicationMode.Destination, ReplicationMetadata: false });
        // One that never had a mode is an ordinary volume again.
        await UntilAsync(async () => await VolumeAsync(pair.B) is { ReplicationMode: VolumeReplicationMode.None, ReplicationMetadata: false });
        await pair.A.WaitForAsync(u => u.Targets?.SingleOrDefault(t => t.Luns.Any(l => l.Problem?.Code == ProblemCodes.VolumeReplicationModeDestination)));
        using var other = pair.LogInReady(1);
    }

    /// <summary>The configuration is lost, with the task in it: what the metadata say is all that is known of the data.</summary>
    [Fact]
    public async Task LeftMetadata_OfTheOnlyNewestSide_IsClearedOnlyWhenAPersonInsists()
    {
        await using var pair = await InSyncAsync();
        using (var initiator = pair.LogInReady(0))
        {
            pair.Cut();
            Assert.Equal(0, Write(initiator, 3, 3).Status);
        }
        await LoseConfigurationAsync(pair.A);
        await LoseConfigurationAsync(pair.B);

        var preview = await pair.A.Client.PreviewClearReplicationAsync("vg00", Lv);
        Assert.Equal((VolumeReplicationMode.None, true, ProblemCodes.VolumeReplicationClearOnlyCopy, true), (preview.Mode, preview.Metadata, preview.Refusal?.Code, preview.MayAnyway));
        // The extent that was being written, as far as the activity log says.
        Assert.Equal("4 MiB", preview.Refusal!.Args!["bytes"]);
        Assert.Equal(ProblemCodes.VolumeReplicationClearOnlyCopy, (await RefusedAsync(() => ClearAsync(pair.A))).Code);
        Assert.True((await VolumeAsync(pair.A)).ReplicationMetadata);
        // The other side has nothing that this one lacks.
        Assert.Null((await pair.B.Client.PreviewClearReplicationAsync("vg00", Lv)).Refusal);
        Assert.False((await ClearAsync(pair.B)).ReplicationMetadata);

        var cleared = await ClearAsync(pair.A, anyway: true);

        Assert.Equal((VolumeReplicationMode.None, false), (cleared.ReplicationMode, cleared.ReplicationMetadata));
        Assert.Empty(Directory.GetFiles(pair.DirectoryOf(0), "replication*"));
        Assert.Equal(3, (await File.ReadAllBytesAsync(pair.DataOf(0)))[3 * 4096]);
        await pair.A.WaitForEventAsync(EventCodes.VolumeModeCleared);
        // Nothing of it is in the way of a new task.
        await pair.ConfigureAsync(1, ReplicationRole.Source, id: Guid.NewGuid());
        await pair.B.WaitForAsync(u => u.Replications is [{ Role: ReplicationRole.Source }] r ? r : null);
    }

    [Fact]
    public async Task LeftMetadata_OfAResyncThatWasCutOff_SaysThatTheDataIsAMixture()
    {
        await using var pair = await PairedAsync();
        await pair.ConfigureAsync(0, ReplicationRole.Source, limit: 64 * 1024);
        await pair.ConfigureAsync(1, ReplicationRole.Destination, limit: 64 * 1024);
        await pair.WhenAsync(1, s => s is { Data: DataState.Inconsistent, Resync.State: ResyncState.Target });
        await LoseConfigurationAsync(pair.B);

        var refused = await RefusedAsync(() => ClearAsync(pair.B));

        Assert.Equal(ProblemCodes.VolumeReplicationClearMixture, refused.Code);
        Assert.True((await VolumeAsync(pair.B)).ReplicationMetadata);
        // Locked, it waits for a task that copies everything over it.
        Assert.Equal(VolumeReplicationMode.Destination, (await SetAsync(pair.B, VolumeReplicationMode.Destination)).ReplicationMode);
    }

    [Fact]
    public async Task LeftMetadata_ThatCannotBeRead_IsNotTakenForNothing()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(Lv, VolumeType.Iscsi, 16 * MiB));
        await SetAsync(engine, VolumeReplicationMode.Source);
        await File.WriteAllBytesAsync(Path.Combine(engine.MountRoot, "vg00", "volumes", volume.Id.ToString(), "replication"), new byte[1 << 20]);

        Assert.Equal(ProblemCodes.VolumeReplicationClearUnreadable, (await RefusedAsync(() => ClearAsync(engine))).Code);
        Assert.Equal((VolumeReplicationMode.Source, true), (await VolumeAsync(engine) is var v ? (v.ReplicationMode, v.ReplicationMetadata) : default));

        Assert.Equal(VolumeReplicationMode.None, (await ClearAsync(engine, anyway: true)).ReplicationMode);
    }

    private static async Task LoseConfigurationAsync(EngineUnderTest engine)
    {
        await engine.KillAsync();
        File.Delete(Path.Combine(engine.DataDirectory, "configuration.json"));
        await engine.StartAgainAsync();
        Assert.Empty(await engine.Client.ListReplicationsAsync());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (!await condition())
            await System.Threading.Tasks.Task.Delay(50, limit.Token);
    }
}
