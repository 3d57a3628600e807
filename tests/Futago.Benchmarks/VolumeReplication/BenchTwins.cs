using System.Globalization;
using Futago.Benchmarks.Iscsi;
using Futago.Engine.Contracts;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.VolumeReplication;

/// <summary>Paired twins whose volumes are measured: node a serves them all, some of them replicated to node b.</summary>
internal sealed class BenchTwins : IAsyncDisposable
{
    private readonly Twins _twins;

    private BenchTwins(Twins twins)
    {
        _twins = twins;
        (EngineA, EngineB) = (EngineOf("a"), EngineOf("b"));
    }

    /// <summary>Process id of the engine of node a, the source.</summary>
    public int EngineA { get; }

    /// <summary>Process id of the engine of node b, the destination.</summary>
    public int EngineB { get; }

    /// <param name="unit">Size of the unit of each node, as the command line takes it.</param>
    public static async Task<BenchTwins> StartAsync(string unit)
    {
        var twins = await Twins.StartAsync();
        try
        {
            await twins.CreateGroupsAsync(unit);
            await twins.PairAsync();
            return new BenchTwins(twins);
        }
        catch
        {
            await twins.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a volume on node a with every block written, so that nobody reads holes or converts unwritten extents.</summary>
    public async Task CreateAsync(string name, string size)
    {
        await _twins.CliAsync("a", "volume", "create", $"vg00/{name}", "--type", "iscsi", "--size", size);
        await InNodeAsync(EngineA, "fio", "--name=fill", $"--filename={await DataPathAsync(name)}", "--rw=write", "--bs=1M", "--iodepth=8", "--ioengine=libaio", "--direct=1", "--end_fsync=1");
    }

    /// <summary>Gives the volume a peer and starts to copy it there.</summary>
    /// <param name="wait">Returns when both sides are equal.</param>
    public async Task ReplicateAsync(string name, bool wait = true)
    {
        await _twins.CliAsync("a", "volume-replication", "create", name, "--source", $"vg00/{name}", "--destination", $"vg00/{name}", "--create-destination");
        (await _twins.TryCliAsync("a", ["volume-replication", "start", name, .. wait ? new[] { "--wait-synced" } : []], TimeSpan.FromMinutes(5))).EnsureSuccess();
    }

    public async Task<Endpoint> ServeAsync(string name, bool writeBack)
    {
        var target = $"iqn.2026-01.example.futago:{name}";
        await _twins.CliAsync("a", "target", "create", target);
        await _twins.CliAsync("a", ["lun", "add", target, "--volume", $"vg00/{name}", "--lun", "1", .. writeBack ? new[] { "--write-back" } : []]);
        await _twins.CliAsync("a", "access", "allow", target, "--address", "10.77.0.3");
        await _twins.CliAsync("a", "target", "start", target);
        return new Endpoint("10.77.0.1:3260", target, EngineA);
    }

    /// <summary>The engine of node a.</summary>
    public EngineClient OpenClient() => new($"{_twins.RuntimeDirectory("a")}/engine.sock");

    /// <summary>The volume's file, in the mount namespace of node a.</summary>
    public async Task<string> DataPathAsync(string name)
    {
        using var client = OpenClient();
        var id = (await client.ListVolumesAsync()).Single(v => v.Name == name).Id;
        return $"{GroupRoot("a")}/volumes/{id}/data";
    }

    /// <summary>Where a node mounts its group, in its own mount namespace.</summary>
    public string GroupRoot(string node) => $"{_twins.RuntimeDirectory(node)}/groups/vg00";

    /// <summary>Runs a program with a node's mounts and network.</summary>
    public static Task<string> InNodeAsync(int engine, params string[] command) =>
        Command.RunOkAsync("nsenter", ["-t", engine.ToString(CultureInfo.InvariantCulture), "-m", "-n", .. command]);

    public async ValueTask DisposeAsync() => await _twins.DisposeAsync();

    private int EngineOf(string node)
    {
        var guard = File.ReadAllText($"{_twins.RuntimeDirectory(node)}/guard.pid").Trim();
        return int.Parse(File.ReadAllText($"/proc/{guard}/task/{guard}/children").Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
