using System.Diagnostics;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Oracle;

namespace Futago.Engine.Tests.Mirror;

/// <summary>A NAS volume that is replicated between two real engines: its file system is where the source is, and every byte of it on both.</summary>
public sealed class NasMirrorTests
{
    private const long NasBytes = 512 * MirroredEngines.MiB;

    [Fact]
    public async Task NasVolume_RolesAreSwitched_FilesAreOnTheOtherNode()
    {
        await using var pair = await NasInSyncAsync();
        var onA = await MountedAsync(pair, 0);
        Assert.Null((await VolumeAsync(pair, 1)).FileSystem?.MountPoint);
        DurableFiles.Write(Path.Combine(onA, "first"), DurableFiles.Content(1, 3_000_001));

        await SwitchAsync(pair, from: 0, to: 1);

        var onB = await MountedAsync(pair, 1);
        Assert.Null((await VolumeAsync(pair, 0)).FileSystem?.MountPoint);
        Assert.Equal(DurableFiles.Content(1, 3_000_001), File.ReadAllBytes(Path.Combine(onB, "first")));
        // Whoever looks for the sentinel finds the volume of this node.
        Assert.Equal($"{pair.Volumes[1].Id}\n", File.ReadAllText(Path.Combine(onB, ".futago-volume")));
        DurableFiles.Write(Path.Combine(onB, "second"), DurableFiles.Content(2, 100_000));

        await SwitchAsync(pair, from: 1, to: 0);

        onA = await MountedAsync(pair, 0);
        Assert.Equal(DurableFiles.Content(2, 100_000), File.ReadAllBytes(Path.Combine(onA, "second")));
        await SwitchAsync(pair, from: 0, to: 1);
        await MountedAsync(pair, 1);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenAsync(1, s => s.Role == ReplicationRole.Destination);
        await pair.AssertEqualAsync();
    }

    /// <summary>What was written before is in the volume, and what is in it afterwards went through the mirror.</summary>
    [Fact]
    public async Task NasVolume_WithFilesBeginsAndEnds_KeepsThem()
    {
        await using var pair = await MirroredEngines.PairedAsync(NasBytes, type: VolumeType.Nas);
        await pair.ConfigureAsync(0, []);
        DurableFiles.Write(Path.Combine(await MountedAsync(pair, 0, direct: true), "before"), DurableFiles.Content(1, 50_000));
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenInSyncAsync();
        DurableFiles.Write(Path.Combine(await MountedAsync(pair, 0), "during"), DurableFiles.Content(2, 50_000));

        await pair.ConfigureAsync(0, []);
        await pair.ConfigureAsync(1, []);

        foreach (var node in new[] { 0, 1 })
        {
            var mountPoint = await MountedAsync(pair, node, direct: true);
            Assert.Equal(DurableFiles.Content(1, 50_000), File.ReadAllBytes(Path.Combine(mountPoint, "before")));
            Assert.Equal(DurableFiles.Content(2, 50_000), File.ReadAllBytes(Path.Combine(mountPoint, "during")));
        }
    }

    /// <summary>Killed while files are being written: every one that was made durable is on both nodes, and nothing of the dead engine's stays.</summary>
    [Fact]
    public async Task Engine_IsKilledWhileFilesAreWritten_DurableOnesAreOnTheOther()
    {
        await using var pair = await NasInSyncAsync();
        var onA = await MountedAsync(pair, 0);
        var files = await DurableFiles.StartAsync(onA, enough: 20, EngineUnderTest.Patience);

        await pair.A.KillAsync();

        var durable = await files.WhenGoneAsync(EngineUnderTest.Patience);
        Assert.True(durable > 20, $"only {durable} files were written\n{pair.A.Log}");
        await pair.A.StartAgainAsync();
        await pair.WhenInSyncAsync();
        Assert.Null(DurableFiles.FindDifferent(await MountedAsync(pair, 0), durable));
        Assert.Equal(2, pair.A.Mounts.Count(m => m.Contains(pair.Volumes[0].Id.ToString(), StringComparison.Ordinal)));

        await SwitchAsync(pair, from: 0, to: 1);

        Assert.Null(DurableFiles.FindDifferent(await MountedAsync(pair, 1), durable));
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenAsync(1, s => s.Role == ReplicationRole.Destination);
        await pair.AssertEqualAsync();
    }

    /// <summary>
    /// Killed while a thread of its own waits in the kernel for the file system that it serves: the process could not end before somebody aborts
    /// that, which is the guard's business.
    /// </summary>
    [Fact]
    public async Task GuardedEngine_IsKilledWhileItUnmounts_ServesAgain()
    {
        await using var pair = await NasInSyncAsync();
        await pair.A.TerminateAsync();
        await pair.A.StartGuardedAsync();
        var onA = await MountedAsync(pair, 0);
        DurableFiles.Write(Path.Combine(onA, "durable"), DurableFiles.Content(1, 10_000));
        // Much to write when it is unmounted.
        File.WriteAllBytes(Path.Combine(onA, "large"), DurableFiles.Content(2, (int)(200 * MirroredEngines.MiB)));
        var engine = pair.A.EnginePid;
        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        await UntilAsync(async () => (await VolumeAsync(pair, 0)).FileSystem?.MountPoint is null, pair);

        EngineUnderTest.Signal(engine, "KILL");

        await UntilAsync(() => Task.FromResult(pair.A.EnginePid != engine), pair);
        await pair.WhenAsync(0, s => s is { Role: ReplicationRole.Destination, Connection: ReplicationConnection.Connected, Data: DataState.UpToDate });
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        Assert.Equal(DurableFiles.Content(1, 10_000), File.ReadAllBytes(Path.Combine(await MountedAsync(pair, 0), "durable")));
    }

    [Fact]
    public async Task Switch_FileSystemIsInUse_SaysByWhomAndComesWhenItIsNot()
    {
        await using var pair = await NasInSyncAsync();
        var onA = await MountedAsync(pair, 0);
        using (File.Create(Path.Combine(onA, "open")))
        {
            await pair.ConfigureAsync(0, ReplicationRole.Destination);

            var status = await pair.WhenAsync(0, s => s.RoleProblem?.Code == ProblemCodes.VolumeReplicationInUse);
            Assert.Equal(ReplicationRole.Source, status.Role);
            Assert.Contains($"(process {Environment.ProcessId})", status.RoleProblem!.Detail, StringComparison.Ordinal);
        }

        await pair.WhenAsync(0, s => s.Role == ReplicationRole.Destination);
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Snapshot_OfTheSource_HasTheFilesAndOfTheDestinationIsRefused()
    {
        await using var pair = await NasInSyncAsync(thin: true);
        var onA = await MountedAsync(pair, 0);
        File.WriteAllBytes(Path.Combine(onA, "kept"), DurableFiles.Content(5, 400_000));

        var name = pair.Volumes[0].Name;
        var snapshot = await pair.A.Client.CreateSnapshotAsync("vg00", name, new CreateSnapshotRequest(null));
        File.WriteAllBytes(Path.Combine(onA, "kept"), DurableFiles.Content(6, 10));
        var clone = await pair.A.Client.CloneSnapshotAsync("vg00", name, snapshot.Name, new CloneSnapshotRequest("copy", Thin: true));

        Assert.Equal(DurableFiles.Content(5, 400_000), File.ReadAllBytes(Path.Combine(clone.FileSystem!.MountPoint!, "kept")));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => pair.B.Client.CreateSnapshotAsync("vg00", pair.Volumes[1].Name, new CreateSnapshotRequest(null)));
        Assert.Equal(ProblemCodes.SnapshotNotSource, refused.Problem.Code);
    }

    [Fact]
    public async Task Expand_BothSides_GivesTheFilesMoreRoom()
    {
        await using var pair = await NasInSyncAsync();
        await MountedAsync(pair, 0);
        var before = (await VolumeAsync(pair, 0)).FileSystem!.SizeBytes;

        foreach (var node in new[] { 1, 0 })
            await pair.Nodes[node].Client.UpdateVolumeAsync("vg00", pair.Volumes[node].Name, new UpdateVolumeRequest(SizeBytes: NasBytes + 128 * MirroredEngines.MiB));

        await UntilAsync(async () => (await VolumeAsync(pair, 0)).FileSystem!.SizeBytes >= before + 120 * MirroredEngines.MiB, pair);
        var file = Path.Combine(await MountedAsync(pair, 0), "large");
        DurableFiles.Write(file, DurableFiles.Content(9, 1000));
        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        await pair.WhenAsync(0, s => s.Role == ReplicationRole.Destination);
        await pair.AssertEqualAsync();
    }

    /// <summary>What the file system discards is unmapped through the mirror.</summary>
    [Fact]
    public async Task Delete_FilesOfAThinVolume_GivesTheirSpaceBackOnBothNodes()
    {
        await using var pair = await NasInSyncAsync(thin: true);
        var file = Path.Combine(await MountedAsync(pair, 0), "large");
        DurableFiles.Write(file, DurableFiles.Content(1, (int)(64 * MirroredEngines.MiB)));
        var (fullA, fullB) = ((await VolumeAsync(pair, 0)).AllocatedBytes, (await VolumeAsync(pair, 1)).AllocatedBytes);

        File.Delete(file);

        await UntilAsync(async () =>
        {
            DurableFiles.Sync(Path.GetDirectoryName(file)!);
            return (await VolumeAsync(pair, 0)).AllocatedBytes < fullA - 50 * MirroredEngines.MiB && (await VolumeAsync(pair, 1)).AllocatedBytes < fullB - 50 * MirroredEngines.MiB;
        }, pair);
    }

    /// <summary>Both nodes had files of their own; one side is given up and stays as a snapshot, the other is on both.</summary>
    [Fact]
    public async Task SplitBrain_SideIsGivenUp_FilesOfTheOtherAreOnBoth()
    {
        await using var pair = await NasInSyncAsync(thin: true);
        var onA = await MountedAsync(pair, 0);
        pair.Cut();
        await pair.WhenAsync(0, s => s.Connection != ReplicationConnection.Connected);
        DurableFiles.Write(Path.Combine(onA, "lost"), DurableFiles.Content(1, 10_000));
        await pair.ConfigureAsync(1, ReplicationRole.Source);
        await pair.B.Client.ForceSourceAsync(pair.Id, new ForceSourceRequest(MirroredEngines.Task));
        DurableFiles.Write(Path.Combine(await MountedAsync(pair, 1), "kept"), DurableFiles.Content(2, 10_000));

        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        pair.Restore();
        await pair.WhenAsync(0, s => s.SplitBrain is not null);
        await pair.A.Client.DiscardMySideAsync(pair.Id, new DiscardMySideRequest(MirroredEngines.Task));
        await pair.WhenInSyncAsync(1);

        Assert.Contains(await pair.A.Client.ListSnapshotsAsync(), s => s.Name.StartsWith("split-brain-", StringComparison.Ordinal));
        await SwitchAsync(pair, from: 1, to: 0);
        onA = await MountedAsync(pair, 0);
        Assert.Equal(DurableFiles.Content(2, 10_000), File.ReadAllBytes(Path.Combine(onA, "kept")));
        Assert.False(File.Exists(Path.Combine(onA, "lost")));
    }

    /// <summary>An engine that ends in order leaves a file system that needs no replay, and no mounts.</summary>
    [Fact]
    public async Task Engine_IsStopped_UnmountsAndMountsAgain()
    {
        await using var pair = await NasInSyncAsync();
        DurableFiles.Write(Path.Combine(await MountedAsync(pair, 0), "file"), DurableFiles.Content(3, 70_000));

        Assert.Equal(0, await pair.A.TerminateAsync());

        Assert.Empty(pair.A.Mounts);
        await pair.A.StartAgainAsync();
        Assert.Equal(DurableFiles.Content(3, 70_000), File.ReadAllBytes(Path.Combine(await MountedAsync(pair, 0), "file")));
        Assert.DoesNotContain(await pair.A.Client.ListEventsAsync(0), e => e.Code == EventCodes.VolumeMountFailed);
    }

    private static async Task<MirroredEngines> NasInSyncAsync(bool thin = false)
    {
        var pair = await MirroredEngines.PairedAsync(NasBytes, thinA: thin, thinB: thin, type: VolumeType.Nas);
        try
        {
            await pair.ConfigureAsync(0, ReplicationRole.Source);
            await pair.ConfigureAsync(1, ReplicationRole.Destination);
            await pair.WhenInSyncAsync();
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    private static async Task SwitchAsync(MirroredEngines pair, int from, int to)
    {
        await pair.ConfigureAsync(from, ReplicationRole.Destination);
        await pair.WhenAsync(from, s => s.Role == ReplicationRole.Destination);
        await pair.ConfigureAsync(to, ReplicationRole.Source);
        await pair.WhenInSyncAsync(to);
    }

    /// <param name="direct">From the data file, since it is not replicated.</param>
    private static async Task<string> MountedAsync(MirroredEngines pair, int node, bool direct = false)
    {
        string? mountPoint = null;
        await UntilAsync(async () =>
        {
            mountPoint = (await VolumeAsync(pair, node)).FileSystem?.MountPoint;
            return mountPoint is not null && direct != pair.Nodes[node].Mounts.Any(m => m.EndsWith($".mirrors/{pair.Volumes[node].Id}", StringComparison.Ordinal));
        }, pair);
        return mountPoint!;
    }

    private static async Task<VolumeInfo> VolumeAsync(MirroredEngines pair, int node) =>
        (await pair.Nodes[node].Client.ListVolumesAsync()).Single(v => v.Id == pair.Volumes[node].Id);

    private static async Task UntilAsync(Func<Task<bool>> condition, MirroredEngines pair)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > EngineUnderTest.Patience)
                Assert.Fail($"Not in time.\n{pair.A.Log}\n\n{pair.B.Log}");
            await Task.Delay(50);
        }
    }
}
