using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Processes;
using static Futago.Engine.Tests.Mirror.MirroredEngines;

namespace Futago.Engine.Tests.Mirror;

/// <summary>
/// SIGKILL in front of every step in which the mode of a volume becomes durable. Afterwards it is the old one or the new one, for everybody
/// who is asked, and the same can be asked for again.
/// </summary>
public sealed class ReplicationModeKillTests(ITestOutputHelper output)
{
    private const string Lv = "lv0000";

    private static readonly JsonEncodedText ModeMember = JsonEncodedText.Encode("replicationMode");

    private long _revision;

    [Theory]
    [InlineData(VolumeReplicationMode.Source, VolumeReplicationMode.Destination)]
    [InlineData(VolumeReplicationMode.Destination, VolumeReplicationMode.Source)]
    public async Task Kill_BeforeAnyStepOfSetting_LeavesTheOldModeOrTheNew(VolumeReplicationMode before, VolumeReplicationMode after)
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(Lv, VolumeType.Iscsi, 16 * MiB));
        var directory = DirectoryOf(engine, volume.Id);
        await File.WriteAllBytesAsync(Path.Combine(directory, "data"), Content(), TestContext.Current.CancellationToken);
        await SetAsync(engine, before);
        var steps = await RecordAsync(engine, directory, () => SetAsync(engine, after), EventOf(after));
        Assert.Empty(FileSteps.NotDurable(steps));
        var change = Index(steps, s => s.IsRename && s.NewPath == Path.Combine(directory, "volume.json"));

        foreach (var (step, i) in FileSteps.ToKillAt(steps))
        {
            var about = $"killed before step {i}, {step}";
            await SetAsync(engine, before);
            await KillAsync(engine, step, () => SetAsync(engine, after));

            var expected = i <= change ? before : after;
            await AgreeAsync(engine, directory, expected, metadata: false, about);
            Assert.Equal(Content(), await File.ReadAllBytesAsync(Path.Combine(directory, "data"), TestContext.Current.CancellationToken));
            Assert.True((await SetAsync(engine, after)).ReplicationMode == after, about);
        }
    }

    /// <summary>
    /// The metadata says that this node's data is the newest; a note in the engine's state directory says that it is behind. As long as the one can be
    /// read the other is there, and as long as any of it is there the volume is locked.
    /// </summary>
    [Fact]
    public async Task Kill_BeforeAnyStepOfClearing_LeavesTheVolumeLockedOrCleared()
    {
        await using var pair = await InSyncAsync();
        using (var initiator = pair.LogInReady(0))
        {
            pair.Cut();
            Assert.Equal(0, Write(initiator, 3, 3).Status);
        }
        var engine = pair.A;
        var directory = pair.DirectoryOf(0);
        await engine.KillAsync();
        File.Delete(Path.Combine(engine.DataDirectory, "configuration.json"));
        await engine.StartAgainAsync();
        var left = Directory.GetFiles(directory, "replication*").ToDictionary(f => f, File.ReadAllBytes);
        left.Add(Path.Combine(directory, "verify.json"), "{}"u8.ToArray());
        left.Add(Path.Combine(engine.DataDirectory, "mirror", $"{pair.Id:N}.json"), "{}"u8.ToArray());
        Directory.CreateDirectory(Path.Combine(engine.DataDirectory, "mirror"));
        await LeaveAsync(engine, left);
        var data = await File.ReadAllBytesAsync(pair.DataOf(0), TestContext.Current.CancellationToken);
        var steps = await RecordAsync(engine, directory, () => ClearAsync(engine), EventCodes.VolumeModeCleared);
        Assert.Empty(FileSteps.NotDurable(steps));
        Assert.All(left.Keys, f => Assert.Contains(steps, s => s.IsRemoval && s.Path == f));
        var forgotten = Index(steps, s => s.IsRemoval && s.Path == Path.Combine(directory, "replication"));
        var change = Index(steps, s => s.IsRename && s.NewPath == Path.Combine(directory, "volume.json"));

        foreach (var (step, i) in FileSteps.ToKillAt(steps))
        {
            var about = $"killed before step {i}, {step}";
            await LeaveAsync(engine, left);
            await KillAsync(engine, step, () => ClearAsync(engine));

            await AgreeAsync(engine, directory, i <= change ? VolumeReplicationMode.Destination : VolumeReplicationMode.None, i <= forgotten, about);
            var present = Directory.GetFiles(directory, "replication*");
            Assert.True(present.Length == 0 || i <= forgotten, $"{about}: left without the metadata are {string.Join(", ", present.Select(Path.GetFileName))}");
            // Without its note the metadata would now be said to be the only newest copy.
            Assert.True((await engine.Client.PreviewClearReplicationAsync("vg00", Lv)).Refusal is null, about);
            Assert.Equal(data, await File.ReadAllBytesAsync(pair.DataOf(0), TestContext.Current.CancellationToken));
            Assert.True(await ClearAsync(engine) is { ReplicationMode: VolumeReplicationMode.None, ReplicationMetadata: false }, about);
        }
        // Nothing of it is in the way of a new task.
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(++_revision) with
        {
            Replications = [new ReplicationConfiguration(Guid.NewGuid(), MirroredEngines.Task, pair.Volumes[0].Id, ReplicationRole.Source, true, null)],
        });
        await engine.WaitForAsync(u => u.Replications is [{ Role: ReplicationRole.Source }] r ? r : null);
    }

    /// <summary>What the engine says of the volume, what lies beside it, and what may be done with it, are one.</summary>
    private async Task AgreeAsync(EngineUnderTest engine, string directory, VolumeReplicationMode mode, bool metadata, string about)
    {
        var volume = Assert.Single(await engine.Client.ListVolumesAsync());
        Assert.True(volume.Problem is null, $"{about}: {volume.Problem?.Detail}");
        Assert.False(volume is { ReplicationMode: VolumeReplicationMode.None, ReplicationMetadata: true }, $"{about}: everybody may use it with the metadata of a replication beside it");
        Assert.True((mode, metadata) == (volume.ReplicationMode, volume.ReplicationMetadata), $"{about}: is {volume.ReplicationMode}, metadata {volume.ReplicationMetadata}; expected {mode}, {metadata}");
        Assert.True(mode == StoredMode(directory), $"{about}: the file says {StoredMode(directory)}");
        Assert.True(metadata == File.Exists(Path.Combine(directory, "replication")), about);
        var preview = await engine.Client.PreviewClearReplicationAsync("vg00", Lv);
        Assert.True((mode, metadata) == (preview.Mode, preview.Metadata), about);
        var applied = await engine.Client.ApplyConfigurationAsync(engine.Configuration(++_revision, EngineUnderTest.Target(TargetName, volume.Id)));
        var locked = applied.Problems.Any(p => p.Problem.Code == ProblemCodes.VolumeReplicationModeDestination);
        Assert.True((mode == VolumeReplicationMode.Destination) == locked, $"{about}: {string.Join("; ", applied.Problems.Select(p => p.Problem.Detail))}");
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(++_revision));
    }

    private static async Task LeaveAsync(EngineUnderTest engine, Dictionary<string, byte[]> left)
    {
        await SetAsync(engine, VolumeReplicationMode.Destination);
        foreach (var (file, content) in left)
            await File.WriteAllBytesAsync(file, content);
    }

    private async Task<IReadOnlyList<FileStep>> RecordAsync(EngineUnderTest engine, string directory, Func<Task> operation, string code)
    {
        var last = (await engine.Client.ListEventsAsync(0))[^1].Number;
        await using var recording = await FileSteps.RecordAsync(engine.ProcessId);
        await operation();
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (!(await engine.Client.ListEventsAsync(last, limit.Token)).Any(e => e.Code == code))
            await System.Threading.Tasks.Task.Delay(20, limit.Token);
        var steps = await recording.EndAsync(directory, engine.DataDirectory);
        output.WriteLine(string.Join('\n', steps));
        return steps;
    }

    private static async Task KillAsync(EngineUnderTest engine, FileStep step, Func<Task> operation)
    {
        await using (await FileSteps.KillAsync(engine.ProcessId, step))
        {
            try
            {
                await operation();
            }
            catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
            {
                // Killed. In front of the last steps, which only write the event, it has answered already.
            }
            await engine.WaitForEndAsync();
        }
        await engine.StartAgainAsync();
    }

    private static VolumeReplicationMode StoredMode(string directory)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "volume.json")));
        return document.RootElement.TryGetProperty(ModeMember.EncodedUtf8Bytes, out var mode) && mode.GetString() is { } name
            ? Enum.Parse<VolumeReplicationMode>(name, ignoreCase: true)
            : VolumeReplicationMode.None;
    }

    private static int Index(IReadOnlyList<FileStep> steps, Func<FileStep, bool> condition) => steps.Index().Single(s => condition(s.Item)).Index;

    private static byte[] Content() => [.. Enumerable.Range(0, (int)(16 * MiB)).Select(i => (byte)(i >> 12))];

    private static string EventOf(VolumeReplicationMode mode) => mode == VolumeReplicationMode.Source ? EventCodes.VolumeModeSource : EventCodes.VolumeModeDestination;

    private static string DirectoryOf(EngineUnderTest engine, Guid volume) => Path.Combine(engine.MountRoot, "vg00", "volumes", volume.ToString());

    private static Task<VolumeInfo> SetAsync(EngineUnderTest engine, VolumeReplicationMode mode) =>
        engine.Client.SetReplicationModeAsync("vg00", Lv, new SetVolumeReplicationMode(mode));

    private static Task<VolumeInfo> ClearAsync(EngineUnderTest engine) =>
        engine.Client.ClearReplicationModeAsync("vg00", Lv, new ClearVolumeReplicationMode(Lv, false));
}
