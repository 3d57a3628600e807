using System.Globalization;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.Iscsi;

/// <summary>
/// Our target against tgtd: the same load on files of the same size on the same XFS, both through the page cache, with the same
/// promise about durability. Measured in turns, because the machine's speed drifts.
/// </summary>
public static class IscsiBenchmark
{
    private const long LunBytes = 1L << 30;
    private const string Size = "1GiB";

    public static async Task<IReadOnlyList<ResultRow>> RunAsync(BenchmarkOptions options)
    {
        await using var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        await node.CliAsync("unit", "create-image", image, "--size", "6GiB");
        await node.CliAsync("group", "create", "vg00", "--unit", image);
        var engine = node.FindProcesses("futago-engine").Single();
        await using var tgt = new TgtPeer(engine);

        var pairs = new Dictionary<bool, (Endpoint Ours, Endpoint Peer)>();
        foreach (var writeBack in new[] { true, false })
        {
            var ours = await ServeAsync(node, engine, writeBack);
            var file = $"/run/futago/{node.Id}/groups/vg00/tgt-{(writeBack ? "wb" : "wt")}.img";
            await InNodeAsync(engine, "fallocate", "-l", LunBytes.ToString(CultureInfo.InvariantCulture), file);
            var peer = await tgt.ServeAsync(writeBack ? 1 : 2, file, writeBack);
            // Every block written once, so that neither side reads holes or converts unwritten extents.
            var fill = new Load("fill", true, false, 256 << 10, 16, 1, writeBack);
            foreach (var endpoint in new[] { ours, peer })
                LoadRunner.Run(fill, endpoint, LunBytes, seconds: 4, seed: 1);
            pairs[writeBack] = (ours, peer);
        }

        var rows = new List<ResultRow>();
        foreach (var load in Load.All)
        {
            var (ours, peer) = pairs[load.WriteBack];
            Measure(load, ours, peer, options, rows);
            System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load.Name}: {rows[^2].Ratio:F2}"));
        }
        return rows;
    }

    private static void Measure(Load load, Endpoint ours, Endpoint peer, BenchmarkOptions options, List<ResultRow> rows)
    {
        var (oursOps, peerOps, oursCpu, peerCpu) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            MeasureOne(load, ours, options.Seconds, pair, oursOps, oursCpu);
            MeasureOne(load, peer, options.Seconds, pair, peerOps, peerCpu);
        }
        rows.Add(load switch
        {
            { QueueDepth: 1 } => new ResultRow(load.Name, "µs", 1e6 / Median(oursOps), 1e6 / Median(peerOps)),
            { BlockBytes: > 4096 } => new ResultRow(load.Name, "MiB/s", Median(oursOps) * load.BlockBytes / (1 << 20), Median(peerOps) * load.BlockBytes / (1 << 20)),
            _ => new ResultRow(load.Name, "IOPS", Median(oursOps), Median(peerOps)),
        });
        rows.Add(new ResultRow(load.Name, "µs CPU/op", Median(oursCpu), Median(peerCpu)));
    }

    private static void MeasureOne(Load load, Endpoint endpoint, int seconds, int seed, List<double> rates, List<double> costs)
    {
        var before = ProcessorTime.SecondsOf(endpoint.ServerPid);
        var rate = LoadRunner.Run(load, endpoint, LunBytes, seconds, seed);
        rates.Add(rate);
        costs.Add((ProcessorTime.SecondsOf(endpoint.ServerPid) - before) / (rate * seconds) * 1e6);
    }

    private static async Task<Endpoint> ServeAsync(FutagoNode node, int engine, bool writeBack)
    {
        var (volume, name) = writeBack ? ("vg00/wb", "iqn.2026-01.example.futago:wb") : ("vg00/wt", "iqn.2026-01.example.futago:wt");
        await node.CliAsync("volume", "create", volume, "--type", "iscsi", "--size", Size, "--io-type", "file");
        await node.CliAsync("target", "create", name);
        await node.CliAsync(["lun", "add", name, "--volume", volume, "--lun", "1", .. writeBack ? new[] { "--write-back" } : []]);
        await node.CliAsync("access", "allow", name, "--address", "127.0.0.0/8");
        await node.CliAsync("target", "start", name);
        return new Endpoint(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.IscsiPort}"), name, engine);
    }

    private static Task InNodeAsync(int engine, params string[] command) =>
        Command.RunOkAsync("nsenter", ["-t", engine.ToString(CultureInfo.InvariantCulture), "-m", .. command]);

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
