using System.Diagnostics;
using System.Text.Json;
using Futago.Testing.Nodes;
using Futago.Testing.Oracle;

namespace Futago.Interop.Tests;

/// <summary>A replicated NAS volume as an administrator runs it, and what its users find after a crash of the source and a change of roles.</summary>
public sealed class NasReplicationTests
{
    private const string Volume = "vg00/nas0";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Twins_NasVolumeSharedAndSwitched_FilesAreServedByTheOther()
    {
        await using var twins = await MirroredTwins.StartNasAsync("600MiB");
        await twins.Twins.CliAsync("a", "share", "create", "office", "--volume", Volume, "--guest");
        var refused = await twins.Twins.TryCliAsync("b", ["--json", "share", "create", "office", "--volume", Volume, "--guest"]);
        Assert.Contains("\"volume.not-mounted\"", refused.Error, StringComparison.Ordinal);
        var content = DurableFiles.Content(7, 1_000_000);
        DurableFiles.Write(Path.Combine(await RootAsync(twins, "a"), "letter"), content);

        await twins.Twins.CliAsync("a", "volume-replication", "switch", "replication1", "--yes");

        Assert.Equal(content, File.ReadAllBytes(Path.Combine(await RootAsync(twins, "b"), "letter")));
        await twins.Twins.CliAsync("b", "share", "create", "office", "--volume", Volume, "--guest");
        var received = Path.Combine(twins.Twins.DataDirectory, "received");
        await Twins.ClientAsync("smbclient", "//10.77.0.2/office", "-N", "-c", $"get letter {received}");
        Assert.Equal(content, File.ReadAllBytes(received));
        await twins.WhenInSyncAsync("b");
        await twins.Twins.CliAsync("b", "volume-replication", "switch", "replication1_reverse", "--yes");
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(await RootAsync(twins, "a"), "letter")));
    }

    /// <summary>The source's engine is killed while files are written: what was durable is on the peer after the switch, and both are the same.</summary>
    [Fact]
    public async Task Twins_EngineOfTheSourceIsKilledWhileFilesAreWritten_DurableOnesAreOnThePeer()
    {
        await using var twins = await MirroredTwins.StartNasAsync("600MiB");
        var onA = await RootAsync(twins, "a");
        var files = await DurableFiles.StartAsync(onA, enough: 15, Patience);

        await twins.SignalAsync("a", "futago-engine", "KILL");

        var durable = await files.WhenGoneAsync(Patience);
        Assert.True(durable > 15, $"only {durable} files were written");
        await twins.WhenInSyncAsync();
        Assert.Null(DurableFiles.FindDifferent(await RootAsync(twins, "a"), durable));
        await twins.Twins.CliAsync("a", "volume-replication", "switch", "replication1", "--yes");
        Assert.Null(DurableFiles.FindDifferent(await RootAsync(twins, "b"), durable));

        await twins.WhenInSyncAsync("b");
        await twins.Twins.CliAsync("b", "volume-replication", "switch", "replication1_reverse", "--yes");
        await RootAsync(twins, "a");
        await twins.WhenInSyncAsync();
        var verified = await twins.Twins.CliAsync("a", "volume-replication", "verify", "replication1", "--wait");
        Assert.Contains("both sides are the same", verified, StringComparison.Ordinal);
        await WhenEqualAsync(twins);
    }

    /// <summary>Root of the mounted file system, when it is.</summary>
    private static async Task<string> RootAsync(MirroredTwins twins, string node)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var volumes = JsonDocument.Parse(await twins.Twins.CliAsync(node, "--json", "volume", "list"));
            var volume = volumes.RootElement.EnumerateArray().Single(v => v.GetProperty("name").GetString() == "nas0");
            if (volume.TryGetProperty("fileSystem", out var fileSystem) && fileSystem.TryGetProperty("mountPoint", out var mountPoint) && mountPoint.ValueKind == JsonValueKind.String)
                return await twins.Twins.RootOfAsync(node, Volume);
            if (Stopwatch.GetElapsedTime(start) > Patience)
                Assert.Fail($"{node} does not mount {Volume}: {volumes.RootElement}");
            await Task.Delay(250);
        }
    }

    /// <summary>XFS writes now and then what nobody asked for, so one look may fall between the two sides of a write.</summary>
    private static async Task WhenEqualAsync(MirroredTwins twins)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var (a, b) = (await twins.ReadDataAsync("a"), await twins.ReadDataAsync("b"));
            if (a.AsSpan().SequenceEqual(b))
                return;
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "the two sides differ");
        }
    }
}
