using System.Globalization;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Http;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.DataReplication;

/// <summary>
/// A full and an incremental run of data replication against rsync by hand, of the same tree, one after the other. The product's time is that
/// of the whole run: snapshot, mount, copy. Both sides are on one machine, so that no network hides what the product costs. Both begin with
/// an empty cache, as in the evening: a snapshot is a file system of its own, which finds nothing of the volume's in it.
/// </summary>
public static class DataReplicationBenchmark
{
    private const int WarmUpRuns = 48;
    private const int FullWarmUpEvery = 8;
    private const string Password = "correct horse battery";

    public static async Task<IReadOnlyList<ResultRow>> RunAsync(BenchmarkOptions options)
    {
        await using var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        var trees = SourceTree.All.Where(t => Wanted(t, false) || Wanted(t, true)).ToList();
        var gib = trees.Max(t => t.VolumeGib);
        await node.CliAsync("unit", "create-image", image, "--size", $"{Text(4 * gib)}GiB");
        await node.CliAsync("group", "create", "vg00", "--unit", image);
        foreach (var volume in new[] { "source", "destination", "peer" })
            await node.CliAsync("volume", "create", $"vg00/{volume}", "--type", "nas", "--size", $"{Text(gib)}GiB", "--thin");
        await node.CliAsync("share", "create", "destination", "--volume", "vg00/destination");
        var ports = FreePorts.Take(2);
        var (tls, plain) = (ports[0], ports[1]);
        await node.CliAsync("agent", "enable", "--port", Text(tls), "--plain-port", Text(plain));
        var secret = Path.Combine(node.DataDirectory, "password");
        await File.WriteAllTextAsync(secret, Password);
        await node.CliAsync("share", "set", "destination", "--data-replication", "on", "--user", "repl", "--password-file", secret, "--allow", "127.0.0.0/8");

        using var engine = new EngineClient($"/run/futago/{node.Id}/engine.sock");
        var pid = node.FindProcesses("futago-engine").Single();
        var volumes = await engine.ListVolumesAsync();
        string MountPointOf(string name) => volumes.Single(v => v.Name == name).FileSystem!.MountPoint!;
        string RootOf(string name) => $"/proc/{Text(pid)}/root{MountPointOf(name)}";
        await using var peer = await RsyncPeer.StartAsync(pid, MountPointOf("peer"));
        using var console = new ConsoleClient(new ConsoleEndpoint.UnixSocket($"/run/futago/{node.Id}/console/console.sock"));

        var rows = new List<ResultRow>();
        await WarmUpAsync();
        foreach (var tree in trees)
        {
            await EmptyAsync(RootOf("source"));
            await tree.FillAsync(RootOf("source"));
            foreach (var withTls in new[] { false, true }.Where(t => Wanted(tree, t)))
            {
                var name = $"{tree.Name}, {(withTls ? "TLS against stunnel" : "without TLS")}";
                var side = await Side.CreateAsync(console, string.Create(CultureInfo.InvariantCulture, $"bench-{rows.Count}"), tls, withTls ? null : plain);
                var (full, incremental) = (new Pairs($"{name}, full"), new Pairs($"{name}, incremental"));
                await System.Console.Error.WriteLineAsync($"{name}: ready");
                await MachineTime.RestAsync();
                for (var pair = 0; pair < options.Pairs; pair++)
                {
                    await EmptyAsync(RootOf("destination"), RootOf("peer"));
                    // They take turns at going first.
                    await full.MeasureAsync(pair, () => side.RunAsync(), () => peer.CopyAsync(MountPointOf("source"), withTls));
                    await SameAsync(RootOf("source"), RootOf("destination"), RootOf("peer"));
                    await tree.ChangeAsync(RootOf("source"));
                    await incremental.MeasureAsync(pair, () => side.RunAsync(), () => peer.CopyAsync(MountPointOf("source"), withTls));
                    await SameAsync(RootOf("source"), RootOf("destination"), RootOf("peer"));
                }
                rows.AddRange([.. full.Rows(), .. incremental.Rows()]);
                foreach (var row in rows.TakeLast(4))
                    System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Load}: {row.Ours:F2} against {row.Peer:F2} {row.Unit}, ratio {row.Ratio:F2}"));
            }
        }
        return rows;

        bool Wanted(SourceTree tree, bool withTls) => options.Part is null || options.Part == (withTls ? $"{tree.Part}-tls" : tree.Part);

        // What runs for months has long been compiled a second time, which the runtime does after the thirtieth call.
        async Task WarmUpAsync()
        {
            await SourceTree.WarmUp.FillAsync(RootOf("source"));
            foreach (int? plainPort in new int?[] { null, plain })
            {
                var side = await Side.CreateAsync(console, string.Create(CultureInfo.InvariantCulture, $"warm-up-{plainPort ?? tls}"), tls, plainPort);
                for (var run = 0; run < WarmUpRuns; run++)
                {
                    if (run % FullWarmUpEvery == 0)
                        await EmptyAsync(RootOf("destination"));
                    await side.RunAsync(often: true);
                }
            }
        }
    }

    private static async Task EmptyAsync(params string[] roots)
    {
        foreach (var root in roots)
            await Command.RunOkAsync("bash", "-ec", "find \"$0\" -mindepth 1 -maxdepth 1 ! -name .futago-volume -exec rm -rf {} +; sync -f \"$0\"", root);
    }

    /// <summary>A side that did not do the work has no figure.</summary>
    private static async Task SameAsync(string source, params string[] copies)
    {
        foreach (var copy in copies)
            await Command.RunOkAsync("diff", "-r", "-q", "--exclude=.futago-*", source, copy);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The product's side: a task as people make it, started by hand. Its run ends when the console has it in the task log.</summary>
    private sealed class Side(ConsoleClient console, string task)
    {
        /// <summary>As often as the command line interface asks with --wait: asking costs time of the processors that is not the run's.</summary>
        private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
        private static readonly TimeSpan _lookOften = TimeSpan.FromMilliseconds(100);

        public static async Task<Side> CreateAsync(ConsoleClient console, string task, int tls, int? plain)
        {
            await console.DataReplication.CreateAsync(new CreateReplicationTask(
                task, "vg00/source", "destination", Destination: "127.0.0.1", Port: tls, User: "repl", Password: Password, PlainPort: plain,
                Options: new ReplicationOptions(Delete: true)));
            return new Side(console, task);
        }

        public async Task<Measurement> RunAsync(bool often = false)
        {
            var meter = MachineTime.Begin();
            var start = TimeProvider.System.GetUtcNow();
            var run = await console.DataReplication.StartAsync(task);
            while (run.Status is null)
            {
                await Task.Delay(often ? _lookOften : _look);
                run = await console.Tasks.GetRunAsync(run.Id);
            }
            return run.Status == RunStatus.Ok
                ? new Measurement((run.FinishedAt!.Value - start).TotalSeconds, meter.Worked)
                : throw new InvalidOperationException($"{run.Reason}: {run.Detail}\n{run.Result?.Output}");
        }
    }

    /// <summary>Measurements of both sides, in pairs.</summary>
    /// <param name="name">For the table.</param>
    private sealed class Pairs(string name)
    {
        private readonly List<Measurement> _ours = [];
        private readonly List<Measurement> _peers = [];

        public async Task MeasureAsync(int pair, Func<Task<Measurement>> ours, Func<Task<Measurement>> peer)
        {
            if (pair % 2 == 1)
                await AddPeerAsync(peer);
            await ForgetAsync();
            _ours.Add(await ours());
            Show("futago", _ours[^1]);
            if (pair % 2 == 0)
                await AddPeerAsync(peer);
        }

        private async Task AddPeerAsync(Func<Task<Measurement>> peer)
        {
            await ForgetAsync();
            _peers.Add(await peer());
            Show("peer", _peers[^1]);
        }

        private void Show(string side, Measurement one) => System.Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{name}: {side} {one.Seconds:F2} s, {one.ProcessorSeconds:F2} s CPU"));

        /// <summary>
        /// Nothing in memory, and nothing left to do of what went before: XFS frees the blocks of deleted files afterwards. Its buffers of
        /// metadata outlive as many requests to drop them as they were used, at most a handful; a mounted volume would have them still, and
        /// a snapshot never.
        /// </summary>
        private static async Task ForgetAsync()
        {
            await Command.RunOkAsync("sh", "-ec", "sync; for n in 1 2 3 4 5 6 7 8; do echo 3 >/proc/sys/vm/drop_caches; done");
            await MachineTime.RestAsync();
        }

        public IEnumerable<ResultRow> Rows() =>
        [
            new(name, "s", Median(_ours.Select(m => m.Seconds)), Median(_peers.Select(m => m.Seconds))),
            new(name, "s CPU", Median(_ours.Select(m => m.ProcessorSeconds)), Median(_peers.Select(m => m.ProcessorSeconds))),
        ];

        private static double Median(IEnumerable<double> values)
        {
            var sorted = values.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }
    }
}
