using System.Globalization;
using Futago.Benchmarks.Iscsi;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Nodes;

namespace Futago.Benchmarks.Snapshots;

/// <summary>
/// How long writes are held by a snapshot while an initiator writes 4 KiB at random, when the volume has 1, 100 and 1,000 snapshots.
/// The pause is the one that the engine measures and keeps with each snapshot. The volume is small, so that a thousand snapshots of it, in
/// pieces of 4 KiB as it is by then, are made within minutes: how long a write waits depends on the pieces, not on the size.
/// </summary>
public static class SnapshotBenchmark
{
    private const long LunBytes = 128L << 20;
    private const string Target = "iqn.2026-01.example.futago:snapshots";
    private const double AllowedMilliseconds = 50;

    /// <summary>
    /// Right behind a deletion pauses are longer (with 100 snapshots p99 was 65 and 103 ms after 100 ms, 42 ms after this), probably because the file
    /// system is still clearing away. On a node, minutes lie between a deletion and the next snapshot.
    /// </summary>
    private static readonly TimeSpan _untilDeleted = TimeSpan.FromSeconds(2.5);

    private static readonly int[] Counts = [1, 100, 1000];

    public static async Task<IReadOnlyList<ResultRow>> RunAsync(BenchmarkOptions options)
    {
        await using var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        await node.CliAsync("unit", "create-image", image, "--size", "12GiB");
        await node.CliAsync("group", "create", "vg00", "--unit", image);
        await node.CliAsync("volume", "create", "vg00/lv0000", "--size", "128MiB");
        await node.CliAsync("volume", "set", "vg00/lv0000", "--snapshot-reserve", "800");
        await node.CliAsync("target", "create", Target);
        await node.CliAsync("lun", "add", Target, "--volume", "vg00/lv0000", "--lun", "1");
        await node.CliAsync("access", "allow", Target, "--address", "127.0.0.0/8");
        await node.CliAsync("target", "start", Target);
        var endpoint = new Endpoint(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.IscsiPort}"), Target, node.FindProcesses("futago-engine").Single());
        LoadRunner.Run(new Load("fill", true, false, 256 << 10, 16, 1, false), endpoint, LunBytes, seconds: 4, seed: 1);

        using var engine = new EngineClient($"/run/futago/{node.Id}/engine.sock");
        var rows = new List<ResultRow>();
        var taken = 0;
        foreach (var count in Counts.Where(c => options.Part is null || options.Part == c.ToString(CultureInfo.InvariantCulture)))
        {
            // Those in between without load, at once.
            for (; taken < count - 1; taken++)
                await engine.CreateSnapshotAsync("vg00", "lv0000", new CreateSnapshotRequest());
            await System.Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{count} snapshots: ready"));
            using var stop = new CancellationTokenSource();
            var load = Task.Run(() => Write(endpoint, stop.Token));
            var pauses = new List<double>();
            for (var i = 0; i < options.Pairs * 10; i++)
            {
                var snapshot = await engine.CreateSnapshotAsync("vg00", "lv0000", new CreateSnapshotRequest());
                pauses.Add(snapshot.PauseMicroseconds / 1000.0);
                // The number of snapshots stays what it is measured at.
                await engine.DeleteSnapshotAsync("vg00", "lv0000", snapshot.Name, new DeleteRequest(snapshot.Name));
                await Task.Delay(_untilDeleted);
            }
            await stop.CancelAsync();
            await load;
            pauses.Sort();
            var name = string.Create(CultureInfo.InvariantCulture, $"pause with {count} snapshots");
            rows.Add(new ResultRow($"{name}, median", "ms", pauses[pauses.Count / 2], AllowedMilliseconds));
            rows.Add(new ResultRow($"{name}, p99", "ms", pauses[Math.Min(pauses.Count - 1, (int)Math.Ceiling(pauses.Count * 0.99) - 1)], AllowedMilliseconds));
            System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rows[^2].Ours:F1} ms, p99 {rows[^1].Ours:F1} ms"));
        }
        return rows;
    }

    private static void Write(Endpoint endpoint, CancellationToken stop)
    {
        var write = new Load("4 KiB random write", true, true, 4096, 16, 1, false);
        for (var seed = 2; !stop.IsCancellationRequested; seed++)
            LoadRunner.Run(write, endpoint, LunBytes, seconds: 1, seed);
    }
}
