using System.Globalization;
using Futago.Benchmarks.Iscsi;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.Soak;

/// <summary>A node with one LUN, write back, filled once.</summary>
internal sealed class SoakBench : IAsyncDisposable
{
    private const string Target = "iqn.2026-01.example.futago:soak";

    private readonly FutagoNode _node;

    private SoakBench(FutagoNode node, int engine)
    {
        _node = node;
        Engine = engine;
        Endpoint = new Endpoint(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.IscsiPort}"), Target, engine);
    }

    /// <summary>Process of the engine.</summary>
    public int Engine { get; }

    public Endpoint Endpoint { get; }

    public static async Task<SoakBench> StartAsync()
    {
        var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        await node.CliAsync("unit", "create-image", image, "--size", "4GiB");
        await node.CliAsync("group", "create", "vg00", "--unit", image);
        await node.CliAsync("volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", "1GiB", "--io-type", "file");
        await node.CliAsync("target", "create", Target);
        await node.CliAsync("lun", "add", Target, "--volume", "vg00/lv0000", "--lun", "1", "--write-back");
        await node.CliAsync("access", "allow", Target, "--address", "127.0.0.0/8");
        await node.CliAsync("target", "start", Target);
        var bench = new SoakBench(node, node.FindProcesses("futago-engine").Single());
        LoadRunner.Run(new Load("fill", true, false, 256 << 10, 16, 1, true), bench.Endpoint, 1L << 30, seconds: 4, seed: 1);
        return bench;
    }

    /// <summary>A file beside the volume, for a peer to serve.</summary>
    public async Task<string> FileAsync(string name, long lengthBytes)
    {
        var file = $"/run/futago/{_node.Id}/groups/vg00/{name}";
        await Command.RunOkAsync(
            "nsenter", ["-t", Engine.ToString(CultureInfo.InvariantCulture), "-m", "fallocate", "-l", lengthBytes.ToString(CultureInfo.InvariantCulture), file]);
        return file;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
