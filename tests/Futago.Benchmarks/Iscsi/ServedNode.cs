using System.Globalization;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.Iscsi;

/// <summary>A node with one target that writes back and one that writes through, each over a volume of its own.</summary>
internal sealed class ServedNode : IAsyncDisposable
{
    private readonly FutagoNode _node;
    private readonly Dictionary<bool, Endpoint> _endpoints = [];

    private ServedNode(FutagoNode node)
    {
        _node = node;
        Engine = node.FindProcesses("futago-engine").Single();
    }

    public int Engine { get; }

    /// <summary>Where the volume group is mounted, in the node's mount namespace.</summary>
    public string GroupDirectory => $"/run/futago/{_node.Id}/groups/vg00";

    public Endpoint Endpoint(bool writeBack) => _endpoints[writeBack];

    /// <param name="size">Of each of the two LUNs, as the CLI takes it.</param>
    /// <param name="groupSize">Of the volume group.</param>
    /// <param name="spin">For <c>--iscsi-spin</c>, in µs; null: what suits the machine.</param>
    public static async Task<ServedNode> StartAsync(string size, string groupSize, int? spin)
    {
        var node = await FutagoNode.StartAsync(iscsiSpin: spin);
        try
        {
            var served = new ServedNode(node);
            var image = Path.Combine(node.DataDirectory, "unit0.img");
            await node.CliAsync("unit", "create-image", image, "--size", groupSize);
            await node.CliAsync("group", "create", "vg00", "--unit", image);
            foreach (var writeBack in new[] { true, false })
                await served.ServeAsync(size, writeBack);
            return served;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    /// <summary>Runs a program in the node's mount namespace, which must succeed.</summary>
    public Task<string> RunInsideAsync(params string[] command) =>
        Command.RunOkAsync("nsenter", ["-t", Engine.ToString(CultureInfo.InvariantCulture), "-m", .. command]);

    private async Task ServeAsync(string size, bool writeBack)
    {
        var (volume, name) = writeBack ? ("vg00/wb", "iqn.2026-01.example.futago:wb") : ("vg00/wt", "iqn.2026-01.example.futago:wt");
        await _node.CliAsync("volume", "create", volume, "--type", "iscsi", "--size", size, "--io-type", "file");
        await _node.CliAsync("target", "create", name);
        await _node.CliAsync(["lun", "add", name, "--volume", volume, "--lun", "1", .. writeBack ? new[] { "--write-back" } : []]);
        await _node.CliAsync("access", "allow", name, "--address", "127.0.0.0/8");
        await _node.CliAsync("target", "start", name);
        // Volumes lie in directories named by their ids; the new one is the one not seen before.
        var root = $"/proc/{Engine}/root";
        var file = Directory.EnumerateDirectories(root + GroupDirectory + "/volumes").Select(d => d[root.Length..] + "/data")
            .Single(f => _endpoints.Values.All(e => e.File != f));
        _endpoints[writeBack] = new Endpoint(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_node.IscsiPort}"), name, Engine, file);
    }
}
