using System.Diagnostics;
using System.Globalization;
using Futago.Benchmarks.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Testing.Nodes;

namespace Futago.Benchmarks.VolumeReplication;

/// <summary>
/// A replicated volume against one that is not, and against QEMU's mirror: both nodes, the cable and the client on this machine, in turns. With
/// the devices of both nodes limited alike the medium decides; without, the processor, which all of them share.
/// </summary>
internal static class VolumeReplicationBenchmark
{
    private const string Size = "512MiB";
    private const long SizeBytes = 512L << 20;
    private const long ResyncBytes = 8L << 30;
    private const long LimitedResyncBytes = 1L << 30;

    /// <summary>Of the limited devices: a good disk of today's kind, and far below what this machine can compute.</summary>
    private const int LimitOperations = 2000;
    private const long LimitBytes = 100L << 20;

    private static readonly Load[] Loads =
    [
        new("1 MiB sequential write, QD8, write back", true, false, 1 << 20, 8, 1, true),
        new("1 MiB sequential write, QD8, write through", true, false, 1 << 20, 8, 1, false),
        new("4 KiB random write, QD32, write back", true, true, 4096, 32, 1, true),
        new("4 KiB random write, QD32, write through", true, true, 4096, 32, 1, false),
    ];

    public static async Task<IReadOnlyList<ResultRow>> RunAsync(BenchmarkOptions options)
    {
        var wants = (string part) => options.Part is null || options.Part == part;
        await using var twins = await BenchTwins.StartAsync("20GiB");
        var rows = new List<ResultRow>();
        if (wants("limited") || wants("free") || wants("latency"))
        {
            var sides = new Dictionary<bool, Sides>();
            foreach (var writeBack in new[] { true, false })
                sides[writeBack] = await Sides.StartAsync(twins, writeBack);
            try
            {
                if (wants("limited"))
                    await LimitedAsync(twins, sides, options, rows);
                if (wants("latency"))
                    await LatencyAsync(twins, sides[false], options, rows);
                if (wants("free"))
                {
                    foreach (var load in Loads)
                        await MeasureAsync("", load, twins, sides[load.WriteBack], options, rows);
                }
            }
            finally
            {
                foreach (var side in sides.Values)
                    await side.Qemu.DisposeAsync();
            }
        }
        if (wants("resync"))
            await ResyncAsync(twins, rows);
        return rows;
    }

    private static async Task LimitedAsync(BenchTwins twins, Dictionary<bool, Sides> sides, BenchmarkOptions options, List<ResultRow> rows)
    {
        if (!DeviceThrottle.IsAvailable)
        {
            await System.Console.Error.WriteLineAsync("bench.sh: the kernel does not limit devices here (cgroup v1, blkio.throttle): those rows are left out.");
            return;
        }
        var devices = new[]
        {
            (await BenchTwins.InNodeAsync(twins.EngineA, "findmnt", "-no", "MAJ:MIN", twins.GroupRoot("a"))).Trim(),
            (await BenchTwins.InNodeAsync(twins.EngineB, "findmnt", "-no", "MAJ:MIN", twins.GroupRoot("b"))).Trim(),
        };
        using var throttle = new DeviceThrottle(devices, LimitOperations, LimitBytes);
        int[] processes = [twins.EngineA, twins.EngineB, .. sides.Values.SelectMany(s => new[] { s.Qemu.SourcePid, s.Qemu.DestinationPid })];
        foreach (var pid in processes)
            throttle.Add(pid);
        foreach (var load in Loads)
            await MeasureAsync("limited devices, ", load, twins, sides[load.WriteBack], options, rows);
        await twins.CreateAsync("resync-limited", "1GiB");
        var resync = await ResyncAsync(twins, "resync-limited", LimitedResyncBytes);
        Add(rows, new ResultRow("limited devices, resync of 1 GiB (limit)", "MiB/s", resync.BytesPerSecond / (1 << 20), LimitBytes >> 20));
    }

    /// <summary>
    /// One write at a time: what the other node adds, against what it may add, which is a bare round trip, a bare flush of its medium and 50 µs. Both are
    /// measured in the same run and have rows of their own, beside what the engine itself saw of them.
    /// </summary>
    private static async Task LatencyAsync(BenchTwins twins, Sides sides, BenchmarkOptions options, List<ResultRow> rows)
    {
        var load = new Load("4 KiB random write, QD1, write through", true, true, 4096, 1, 1, false);
        await MeasureAsync("", load, twins, sides, options, rows);
        var latency = rows.Find(r => r.Load == load.Name && r.Unit == "µs")!;
        // Once more, for the engine says how the last ten seconds were.
        await RunAsync(load, sides.Mirrored, options.Seconds, options.Pairs);
        using var client = twins.OpenClient();
        var stages = (await client.ListReplicationsAsync()).Single(r => r.TaskName == "mirrored-wt").Counters.Stages.ToDictionary(s => s.Stage, s => s.MedianMicroseconds);
        var roundTrip = await LinkProbe.RoundTripMicrosecondsAsync();
        var (durableWrite, flush) = await FioJob.DurableWriteMicrosecondsAsync(twins);
        Add(rows, new ResultRow("QD1, write on the other node (bare round trip)", "µs", stages.GetValueOrDefault(ReplicationStage.PeerWrite), roundTrip));
        Add(rows, new ResultRow("QD1, flush on the other node (bare remote flush)", "µs", stages.GetValueOrDefault(ReplicationStage.PeerFlush), flush));
        Add(rows, new ResultRow("QD1, write and flush on the other node (bare durable write)", "µs", stages.GetValueOrDefault(ReplicationStage.PeerWrite) + stages.GetValueOrDefault(ReplicationStage.PeerFlush), durableWrite));
        Add(rows, new ResultRow("QD1, added by the other node (round trip + remote flush + 50 µs)", "µs", latency.Ours - latency.Peer, roundTrip + flush + 50));
    }

    private static async Task MeasureAsync(string prefix, Load load, BenchTwins twins, Sides sides, BenchmarkOptions options, List<ResultRow> rows)
    {
        var (mirrored, plain, qemu) = (new Series(), new Series(), new Series());
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            await mirrored.AddAsync(options.Seconds, twins.EngineA, twins.EngineB, () => RunAsync(load, sides.Mirrored, options.Seconds, pair));
            await plain.AddAsync(options.Seconds, twins.EngineA, twins.EngineB, () => RunAsync(load, sides.Plain, options.Seconds, pair));
            await qemu.AddAsync(options.Seconds, sides.Qemu.SourcePid, sides.Qemu.DestinationPid, () => FioJob.RunOnNbdAsync(load, sides.Qemu.Uri, options.Seconds));
        }
        var name = prefix + load.Name;
        Add(rows, Row(load, name, mirrored, plain));
        Add(rows, Row(load, $"{name}, against QEMU", mirrored, qemu));
        Add(rows, new ResultRow($"{name}, source", "µs CPU/op", mirrored.SourceCost, plain.SourceCost));
        Add(rows, new ResultRow($"{name}, destination against QEMU's", "µs CPU/op", mirrored.DestinationCost, qemu.DestinationCost));
    }

    private static ResultRow Row(Load load, string name, Series ours, Series peer) => load switch
    {
        { QueueDepth: 1 } => new ResultRow(name, "µs", 1e6 / ours.Rate, 1e6 / peer.Rate),
        { BlockBytes: > 4096 } => new ResultRow(name, "MiB/s", ours.Rate * load.BlockBytes / (1 << 20), peer.Rate * load.BlockBytes / (1 << 20)),
        _ => new ResultRow(name, "IOPS", ours.Rate, peer.Rate),
    };

    private static Task<double> RunAsync(Load load, Endpoint endpoint, int seconds, int seed) =>
        NetworkNamespace.RunAsync("futago-client", () => LoadRunner.Run(load, endpoint, SizeBytes, seconds, seed));

    /// <summary>A whole volume, against the slower of the bare cable and the bare media.</summary>
    private static async Task ResyncAsync(BenchTwins twins, List<ResultRow> rows)
    {
        await twins.CreateAsync("resync", "8GiB");
        var link = await LinkProbe.ThroughputAsync(seconds: 3);
        var medium = await FioJob.SequentialBytesAsync(twins, "resync");
        System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bare cable {link / (1 << 20):F0} MiB/s, bare media {medium / (1 << 20):F0} MiB/s"));
        var resync = await ResyncAsync(twins, "resync", ResyncBytes);
        Add(rows, new ResultRow("resync of 8 GiB (slower of cable and media)", "MiB/s", resync.BytesPerSecond / (1 << 20), Math.Min(link, medium) / (1 << 20)));
        Add(rows, new ResultRow("resync of 8 GiB, source and destination", "CPU µs/MiB", resync.SourceCost, resync.DestinationCost));
    }

    /// <summary>A whole volume for the first time. Costs are processor time of the two engines, in µs per MiB.</summary>
    private static async Task<(double BytesPerSecond, double SourceCost, double DestinationCost)> ResyncAsync(BenchTwins twins, string volume, long bytes)
    {
        await twins.ReplicateAsync(volume, wait: false);
        using var client = twins.OpenClient();
        long started = 0;
        var (costA, costB) = (0.0, 0.0);
        while (true)
        {
            var status = (await client.ListReplicationsAsync()).Single(r => r.TaskName == volume);
            if (started == 0 && status.Resync is not null)
            {
                started = Stopwatch.GetTimestamp();
                (costA, costB) = (ProcessorTime.SecondsOf(twins.EngineA), ProcessorTime.SecondsOf(twins.EngineB));
            }
            if (status is { Connection: ReplicationConnection.Connected, PeerData: DataState.UpToDate, OutOfSyncBytes: 0, Resync: null })
                break;
            await Task.Delay(100);
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var mebibytes = bytes >> 20;
        return (bytes / seconds, (ProcessorTime.SecondsOf(twins.EngineA) - costA) * 1e6 / mebibytes, (ProcessorTime.SecondsOf(twins.EngineB) - costB) * 1e6 / mebibytes);
    }

    private static void Add(List<ResultRow> rows, ResultRow row)
    {
        rows.Add(row);
        System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Load}: {row.Ours:F1} against {row.Peer:F1} {row.Unit}, ratio {row.Ratio:F2}"));
    }

    /// <summary>What is compared with the same promise about durability.</summary>
    private sealed record Sides(Endpoint Mirrored, Endpoint Plain, QemuMirror Qemu)
    {
        public static async Task<Sides> StartAsync(BenchTwins twins, bool writeBack)
        {
            var suffix = writeBack ? "wb" : "wt";
            await twins.CreateAsync($"plain-{suffix}", Size);
            await twins.CreateAsync($"mirrored-{suffix}", Size);
            await twins.ReplicateAsync($"mirrored-{suffix}");
            return new Sides(await twins.ServeAsync($"mirrored-{suffix}", writeBack), await twins.ServeAsync($"plain-{suffix}", writeBack), await QemuMirror.StartAsync(twins, writeBack));
        }
    }

    /// <summary>Measurements of one side.</summary>
    private sealed class Series
    {
        private readonly List<double> _rates = [];
        private readonly List<double> _source = [];
        private readonly List<double> _destination = [];

        /// <summary>Operations per second.</summary>
        public double Rate => Median(_rates);

        /// <summary>Processor time of the source's process, in µs per operation.</summary>
        public double SourceCost => Median(_source);

        public double DestinationCost => Median(_destination);

        public async Task AddAsync(int seconds, int source, int destination, Func<Task<double>> measure)
        {
            var (a, b) = (ProcessorTime.SecondsOf(source), ProcessorTime.SecondsOf(destination));
            var rate = await measure();
            _rates.Add(rate);
            _source.Add((ProcessorTime.SecondsOf(source) - a) / (rate * seconds) * 1e6);
            _destination.Add((ProcessorTime.SecondsOf(destination) - b) / (rate * seconds) * 1e6);
        }

        private static double Median(List<double> values)
        {
            var sorted = values.Order().ToList();
            return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
        }
    }
}
