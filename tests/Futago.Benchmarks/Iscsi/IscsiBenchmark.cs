using System.Globalization;

namespace Futago.Benchmarks.Iscsi;

/// <summary>
/// Our target against tgtd: the same load on files of the same size on the same file system, both through the page cache or both past it, with the
/// same promise about durability. Measured in turns, because the machine's speed drifts. More turns show the limits: the same load on the
/// file without any network, the same sizes over TCP without anything else, and what the medium itself can do. Each load begins with the page
/// cache in a known state, so that none depends on those before it.
/// </summary>
internal static class IscsiBenchmark
{
    private const long LunBytes = 1L << 30;
    private const int SpinMicroseconds = 60;

    public static async Task<IReadOnlyList<ResultRow>> RunAsync(BenchmarkOptions options)
    {
        var loads = Load.All.Where(load => options.Load is not { } part || load.Name.Contains(part, StringComparison.Ordinal)).ToList();
        var luns = loads.Select(load => load.Lun).Distinct().ToList();
        await using var node = await ServedNode.StartAsync(luns, LunBytes, "10GiB", spin: 0);
        var spun = loads.Where(load => load.Spin).Select(load => load.Lun).Distinct().ToList();
        await using var spinning = spun.Count > 0 ? await ServedNode.StartAsync(spun, LunBytes, "3GiB", SpinMicroseconds) : null;
        await using var tgt = new TgtPeer(node.Engine);

        var peers = new Dictionary<Lun, Endpoint>();
        foreach (var lun in luns)
        {
            var file = $"{node.DirectoryOf(lun)}/tgt-{lun.Name}.img";
            await node.AllocateAsync(file, LunBytes);
            peers[lun] = await tgt.ServeAsync(peers.Count + 1, file, lun.WriteBack, direct: lun.Direct);
            await FillAsync(node, node.Endpoint(lun).File);
            await FillAsync(node, file);
        }
        var withDigests = new Dictionary<Lun, Endpoint>();
        foreach (var lun in loads.Where(load => load.Digests).Select(load => load.Lun).Distinct())
            withDigests[lun] = await tgt.ServeAsync(peers.Count + withDigests.Count + 1, peers[lun].File, lun.WriteBack, digests: true);
        if (loads.Exists(load => load.OnMedium))
        {
            await node.AllocateAsync(MediumFile(node), LunBytes);
            await FillAsync(node, MediumFile(node));
        }
        foreach (var lun in spun)
            await FillAsync(spinning!, spinning!.Endpoint(lun).File);

        var rows = new List<ResultRow>();
        foreach (var load in loads)
        {
            await MeasureAsync(load, load.Spin ? spinning! : node, (load.Digests ? withDigests : peers)[load.Lun], node, options, rows);
            System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load.Name}: {rows.Find(row => row.Load == load.Name)!.Ratio:F2}"));
        }
        return rows;
    }

    /// <summary>Written past the page cache, which would take the others' files out of it.</summary>
    private static string MediumFile(ServedNode node) => $"{node.GroupDirectory}/medium.img";

    /// <summary>Every block is written once, so that neither side reads holes or converts unwritten extents.</summary>
    private static Task FillAsync(ServedNode node, string file) => node.RunInsideAsync("dd", "if=/dev/zero", $"of={file}", "bs=1M",
        string.Create(CultureInfo.InvariantCulture, $"count={LunBytes >> 20}"), "conv=notrunc,fsync", "status=none");

    private static async Task MeasureAsync(Load load, ServedNode node, Endpoint peer, ServedNode peerNode, BenchmarkOptions options, List<ResultRow> rows)
    {
        var ours = node.Endpoint(load.Lun);
        var (oursOps, peerOps, oursCpu, peerCpu) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (localOps, echoOps, mediumOps, batchOps) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await PrepareCacheAsync(load, node, ours.File);
        await PrepareCacheAsync(load, peerNode, peer.File);
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            await MeasureOneAsync(load, node, ours, options.Seconds, pair, oursOps, oursCpu);
            await MeasureOneAsync(load, peerNode, peer, options.Seconds, pair, peerOps, peerCpu);
            localOps.Add(await LocalLoad.RunAsync(node, load, ours.File, LunBytes, options.Seconds));
            echoOps.Add(TcpEcho.Run(load, options.Seconds));
            if (load.OnMedium)
                mediumOps.Add(await LocalLoad.RunOnMediumAsync(peerNode, load, MediumFile(peerNode), LunBytes, options.Seconds));
            if (load.IsDurable)
                batchOps.Add(await LocalLoad.RunInBatchesAsync(node, load, ours.File, LunBytes, options.Seconds));
        }
        rows.Add(Row(load, load.Name, oursOps, peerOps));
        rows.Add(new ResultRow(load.Name, "µs CPU/op", Median(oursCpu), Median(peerCpu)));
        rows.Add(Row(load, $"{load.Name}; peer: fio, no network", oursOps, localOps));
        rows.Add(Row(load, $"{load.Name}; peer: bare TCP", oursOps, echoOps));
        if (load.OnMedium)
            rows.Add(Row(load, $"{load.Name}; peer: medium alone", oursOps, mediumOps));
        if (load.IsDurable)
            rows.Add(Row(load, $"{load.Name}; peer: {load.QueueDepth} at once made durable, no network", oursOps, batchOps));
    }

    private static ResultRow Row(Load load, string name, List<double> ours, List<double> peer) => load switch
    {
        { QueueDepth: 1 } => new ResultRow(name, "µs", 1e6 / Median(ours), 1e6 / Median(peer)),
        { BlockBytes: > 4096 } => new ResultRow(name, "MiB/s", Median(ours) * load.BlockBytes / (1 << 20), Median(peer) * load.BlockBytes / (1 << 20)),
        _ => new ResultRow(name, "IOPS", Median(ours), Median(peer)),
    };

    private static async Task MeasureOneAsync(Load load, ServedNode node, Endpoint endpoint, int seconds, int seed, List<double> rates, List<double> costs)
    {
        if (load.Cold)
            await DropCacheAsync(node, endpoint.File);
        var before = ProcessorTime.SecondsOf(endpoint.ServerPid);
        var rate = LoadRunner.RunLean(load, endpoint, LunBytes, seconds, seed);
        rates.Add(rate);
        costs.Add((ProcessorTime.SecondsOf(endpoint.ServerPid) - before) / (rate * seconds) * 1e6);
    }

    private static async Task PrepareCacheAsync(Load load, ServedNode node, string file)
    {
        await DropCacheAsync(node, file);
        if (load.Cache == CacheState.Folios)
            await node.RunInsideAsync("dd", $"if={file}", "of=/dev/null", "bs=1M", "status=none");
        else if (load.Cache == CacheState.Pages)
            await LocalLoad.ReadEveryPageAsync(node, file, LunBytes);
    }

    private static async Task DropCacheAsync(ServedNode node, string file)
    {
        // Only what is clean leaves the cache.
        await node.RunInsideAsync("sync", file);
        await node.RunInsideAsync("dd", $"if={file}", "iflag=nocache", "count=0", "status=none");
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
