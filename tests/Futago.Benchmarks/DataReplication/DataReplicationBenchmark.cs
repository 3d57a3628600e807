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
    private const string Password = "correct horse battery";

    public static async Task<IReadOnlyList<ResultRow>> RunAsync(BenchmarkOptions options)
    {
        await using var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        await node.CliAsync("unit", "create-image", image, "--size", "8GiB");
        await node.CliAsync("group", "create", "vg00", "--unit", image);
        foreach (var volume in new[] { "source", "destination", "peer" })
            await node.CliAsync("volume", "create", $"vg00/{volume}", "--type", "nas", "--size", "2GiB", "--thin");
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
        var side = new Side(engine, volumes.Single(v => v.Name == "source").Id, (await engine.GetAgentAsync()).Fingerprint, tls, plain);

        var rows = new List<ResultRow>();
        foreach (var tree in SourceTree.All)
        {
            await EmptyAsync(RootOf("source"));
            await tree.FillAsync(RootOf("source"));
            foreach (var withTls in new[] { false, true })
            {
                var (full, incremental) = (new Pairs(), new Pairs());
                for (var pair = 0; pair < options.Pairs; pair++)
                {
                    await EmptyAsync(RootOf("destination"), RootOf("peer"));
                    // They take turns at going first.
                    await full.MeasureAsync(pair, () => side.RunAsync(withTls), () => peer.CopyAsync(MountPointOf("source"), withTls));
                    await SameAsync(RootOf("source"), RootOf("destination"), RootOf("peer"));
                    await tree.ChangeAsync(RootOf("source"));
                    await incremental.MeasureAsync(pair, () => side.RunAsync(withTls), () => peer.CopyAsync(MountPointOf("source"), withTls));
                    await SameAsync(RootOf("source"), RootOf("destination"), RootOf("peer"));
                }
                var name = $"{tree.Name}, {(withTls ? "TLS against stunnel" : "without TLS")}";
                rows.AddRange([.. full.Rows($"{name}, full"), .. incremental.Rows($"{name}, incremental")]);
                foreach (var row in rows.TakeLast(4))
                    Console.Error.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{row.Load}: {row.Ours:F2} against {row.Peer:F2} {row.Unit}, ratio {row.Ratio:F2}"));
            }
        }
        return rows;
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

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The product's side.</summary>
    private sealed record Side(EngineClient Engine, Guid Source, string Fingerprint, int Tls, int Plain)
    {
        private static readonly Guid TaskId = Guid.NewGuid();

        public async Task<Measurement> RunAsync(bool tls)
        {
            var before = MachineTime.Seconds;
            var request = new ReplicationRunRequest(
                Guid.NewGuid(), TaskId, "bench", Source, "",
                new ReplicationDestination(null, null, new AgentReference("127.0.0.1", Tls, Fingerprint, "repl", Password), "destination", tls ? null : Plain),
                new ReplicationOptions(Delete: true), 0, null, 50);
            var start = TimeProvider.System.GetUtcNow();
            await Engine.StartReplicationAsync(request);
            while (true)
            {
                if ((await Engine.ListReplicationRunsAsync()).Single(r => r.RunId == request.RunId).Outcome is { } outcome)
                {
                    var result = (await Engine.GetReplicationRunAsync(request.RunId)).Result!;
                    await Engine.ForgetReplicationRunAsync(request.RunId);
                    return outcome == ReplicationOutcome.Ok
                        ? new Measurement((result.FinishedAt - start).TotalSeconds, MachineTime.Seconds - before)
                        : throw new InvalidOperationException($"{result.Reason}: {result.Detail}\n{result.Output}");
                }
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Measurements of both sides, in pairs.</summary>
    private sealed class Pairs
    {
        private readonly List<Measurement> _ours = [];
        private readonly List<Measurement> _peers = [];

        public async Task MeasureAsync(int pair, Func<Task<Measurement>> ours, Func<Task<Measurement>> peer)
        {
            if (pair % 2 == 1)
                await AddPeerAsync(peer);
            await ForgetAsync();
            _ours.Add(await ours());
            if (pair % 2 == 0)
                await AddPeerAsync(peer);
        }

        private async Task AddPeerAsync(Func<Task<Measurement>> peer)
        {
            await ForgetAsync();
            _peers.Add(await peer());
        }

        private static Task ForgetAsync() => Command.RunOkAsync("sh", "-ec", "sync; echo 3 >/proc/sys/vm/drop_caches");

        public IEnumerable<ResultRow> Rows(string name) =>
        [
            new(name, "s", Median(_ours.Select(m => m.Seconds)), Median(_peers.Select(m => m.Seconds))),
            new(name, "s CPU", Median(_ours.Select(m => m.ProcessorSeconds)), Median(_peers.Select(m => m.ProcessorSeconds))),
        ];

        private static double Median(IEnumerable<double> values)
        {
            var sorted = values.Order().ToList();
            return sorted[sorted.Count / 2];
        }
    }
}
