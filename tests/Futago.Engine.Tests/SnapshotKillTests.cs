using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Tests;

/// <summary>
/// SIGKILL in the middle of taking, deleting, cloning and rolling back to snapshots. Each content of the volume is one byte all over, so
/// that anything in between would show.
/// </summary>
public sealed class SnapshotKillTests
{
    private const int MiB = 1 << 20;
    private const int Rounds = 6;

    private int _completed;

    [Theory]
    [InlineData(20261121)]
    public async Task Kill_DuringSnapshotOperations_LeavesOldOrNewAndNothingElse(int seed)
    {
        var random = new Random(seed);
        await using var engine = await EngineUnderTest.WithGroupAsync();
        await engine.Client.CreateVolumeAsync("vg00", new("lv0000", VolumeType.Iscsi, 8 * MiB));
        await engine.Client.UpdateVolumeAsync("vg00", "lv0000", new(SnapshotReservePercent: 1000));
        var volume = (await engine.Client.ListVolumesAsync())[0].Id;
        var data = Path.Combine(engine.MountRoot, "vg00", "volumes", volume.ToString(), "data");
        for (byte content = 1; content <= 3; content++)
        {
            await File.WriteAllBytesAsync(data, Enumerable.Repeat(content, 8 * MiB).ToArray(), TestContext.Current.CancellationToken);
            await engine.Client.CreateSnapshotAsync("vg00", "lv0000", new($"content{content}"));
        }

        for (var round = 0; round < Rounds; round++)
        {
            var operations = OperateAsync(engine, random);
            // The kill comes after so many operations as chance has it, at whatever point the engine is then.
            var killAfter = random.Next(1, 8);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _completed) >= killAfter || operations.IsCompleted, EngineUnderTest.Patience));
            await engine.KillAsync();
            await operations.WaitAsync(EngineUnderTest.Patience);
            await engine.StartAgainAsync();

            var about = $"seed {seed}, round {round}";
            var snapshots = await engine.Client.ListSnapshotsAsync();
            Assert.All(snapshots, s => Assert.Null(s.Problem));
            Assert.Superset(new HashSet<string> { "content1", "content2", "content3" }, snapshots.Where(s => s.Volume == "lv0000").Select(s => s.Name).ToHashSet());
            Assert.InRange(ContentOf(data), 1, 3);
            foreach (var snapshot in snapshots.Where(s => s.Name.StartsWith("content", StringComparison.Ordinal)))
                Assert.True(ContentOf(Path.Combine(Path.GetDirectoryName(data)!, "snapshots", snapshot.Id.ToString(), "data")) == snapshot.Name[^1] - '0', about);
            var volumes = await engine.Client.ListVolumesAsync();
            Assert.All(volumes, v => Assert.True(v.Problem is null && v.SizeBytes == 8 * MiB, about));
            Assert.All(volumes, v => Assert.InRange(ContentOf(Path.Combine(engine.MountRoot, "vg00", "volumes", v.Id.ToString(), "data")), 1, 3));
            Assert.Equal(volumes.Count, Directory.GetDirectories(Path.Combine(engine.MountRoot, "vg00", "volumes")).Length);
            Assert.Equal(
                snapshots.Count(s => s.Volume == "lv0000"), Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(data)!, "snapshots")).Length);
            Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(data)!, "data.replacement")), about);
        }
    }

    /// <summary>A NAS volume is frozen for a moment by each snapshot; whenever the kill comes, it is written again afterwards.</summary>
    [Fact]
    public async Task Kill_DuringSnapshotsOfANasVolume_LeavesItWritable()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync(2L << 30);
        await engine.Client.CreateVolumeAsync("vg00", new("nas0", VolumeType.Nas, 512L << 20));
        for (var round = 0; round < 3; round++)
        {
            Volatile.Write(ref _completed, 0);
            var operations = TakeAsync(engine);
            var killAfter = round + 1;
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _completed) >= killAfter || operations.IsCompleted, EngineUnderTest.Patience));
            await engine.KillAsync();
            await operations.WaitAsync(EngineUnderTest.Patience);
            await engine.StartAgainAsync();

            var volume = Assert.Single(await engine.Client.ListVolumesAsync());
            Assert.Null(volume.Problem);
            var file = Path.Combine(volume.FileSystem!.MountPoint!, $"round{round}");
            await File.WriteAllTextAsync(file, "written", TestContext.Current.CancellationToken);
            Assert.True(File.Exists(Path.Combine(volume.FileSystem.MountPoint!, ".futago-volume")));
            Assert.All(await engine.Client.ListSnapshotsAsync(), s => Assert.Null(s.Problem));
        }
    }

    private async Task TakeAsync(EngineUnderTest engine)
    {
        try
        {
            while (true)
            {
                await engine.Client.CreateSnapshotAsync("vg00", "nas0", new());
                Interlocked.Increment(ref _completed);
            }
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            // Killed.
        }
    }

    /// <summary>Takes, deletes, clones and rolls back until the engine is gone.</summary>
    private async Task OperateAsync(EngineUnderTest engine, Random random)
    {
        Volatile.Write(ref _completed, 0);
        try
        {
            while (true)
            {
                await OperateOnceAsync(engine, random);
                Interlocked.Increment(ref _completed);
            }
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            // Killed.
        }
    }

    private static async Task OperateOnceAsync(EngineUnderTest engine, Random random)
    {
        var snapshots = await engine.Client.ListSnapshotsAsync();
        switch (random.Next(4))
        {
            case 0:
                await engine.Client.CreateSnapshotAsync("vg00", "lv0000", new());
                break;
            case 1:
                foreach (var extra in snapshots.Where(s => !s.Name.StartsWith("content", StringComparison.Ordinal)))
                {
                    if (extra.Protected)
                        await engine.Client.UpdateSnapshotAsync("vg00", extra.Volume, extra.Name, new(Protected: false));
                    await engine.Client.DeleteSnapshotAsync("vg00", extra.Volume, extra.Name, new(extra.Name));
                }
                break;
            case 2:
                await engine.Client.RollBackAsync("vg00", "lv0000", $"content{random.Next(1, 4)}", new RollBackRequest("lv0000"));
                break;
            default:
                foreach (var clone in (await engine.Client.ListVolumesAsync()).Where(v => v.Name != "lv0000"))
                    await engine.Client.DeleteVolumeAsync("vg00", clone.Name, new(clone.Name));
                await engine.Client.CloneSnapshotAsync("vg00", "lv0000", $"content{random.Next(1, 4)}", new(Thin: random.Next(2) == 0));
                break;
        }
    }

    /// <summary>The byte that a file consists of; -1 when it is not one and the same.</summary>
    private static int ContentOf(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes.AsSpan().IndexOfAnyExcept(bytes[0]) < 0 ? bytes[0] : -1;
    }
}
