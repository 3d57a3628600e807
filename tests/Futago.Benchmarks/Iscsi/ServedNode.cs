using System.Globalization;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.Iscsi;

/// <summary>A node with a target for each LUN that is measured, over a volume of its own.</summary>
internal sealed class ServedNode : IAsyncDisposable
{
    private readonly FutagoNode _node;
    private readonly Dictionary<Lun, Endpoint> _endpoints = [];

    private ServedNode(FutagoNode node)
    {
        _node = node;
        Engine = node.FindProcesses("futago-engine").Single();
    }

    public int Engine { get; }

    /// <summary>Where the volume group is mounted, in the node's mount namespace.</summary>
    public string GroupDirectory => $"/run/futago/{_node.Id}/groups/vg00";

    public Endpoint Endpoint(Lun lun) => _endpoints[lun];

    /// <summary>On the file system of the LUN, in the node's mount namespace: where a file for the peer belongs.</summary>
    public string DirectoryOf(Lun lun) => lun.OnExt4 ? Ext4Directory : GroupDirectory;

    /// <param name="lunBytes">Of each LUN.</param>
    /// <param name="groupSize">Of the volume group, as the CLI takes it.</param>
    /// <param name="spin">For <c>--iscsi-spin</c>, in µs; null: what suits the machine.</param>
    public static async Task<ServedNode> StartAsync(IReadOnlyCollection<Lun> luns, long lunBytes, string groupSize, int? spin)
    {
        var node = await FutagoNode.StartAsync(iscsiSpin: spin);
        try
        {
            var served = new ServedNode(node);
            var image = Path.Combine(node.DataDirectory, "unit0.img");
            await node.CliAsync("unit", "create-image", image, "--size", groupSize);
            await node.CliAsync("group", "create", "vg00", "--unit", image);
            if (luns.Any(lun => lun.OnExt4))
                await served.MountExt4Async(3 * lunBytes);
            foreach (var lun in luns)
                await served.ServeAsync(lun, lunBytes);
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

    /// <summary>Makes a file of this length with all its space, in the node's mount namespace.</summary>
    public Task AllocateAsync(string file, long bytes) => RunInsideAsync("fallocate", "-l", bytes.ToString(CultureInfo.InvariantCulture), file);

    private string Ext4Directory => Path.Combine(_node.DataDirectory, "ext4");

    private async Task MountExt4Async(long bytes)
    {
        var image = Ext4Directory + ".img";
        Directory.CreateDirectory(Ext4Directory);
        await AllocateAsync(image, bytes);
        await Command.RunOkAsync("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image);
        await RunInsideAsync("mount", "-o", "loop,noatime", image, Ext4Directory);
    }

    private async Task ServeAsync(Lun lun, long bytes)
    {
        var (volume, name) = ($"vg00/{lun.Name}", $"iqn.2026-01.example.futago:{lun.Name}");
        await _node.CliAsync("volume", "create", volume, "--type", "iscsi", "--size", bytes.ToString(CultureInfo.InvariantCulture), "--io-type", lun.Direct ? "block" : "file");
        // Volumes lie in directories named by their ids; the new one is the one not seen before.
        var root = $"/proc/{Engine}/root";
        var file = Directory.EnumerateDirectories(root + GroupDirectory + "/volumes").Select(d => d[root.Length..] + "/data")
            .Single(f => _endpoints.Values.All(e => e.File != f));
        if (lun.OnExt4)
        {
            // The engine opens what lies in the volume's place when the target starts.
            var other = Path.Combine(Ext4Directory, "data");
            await AllocateAsync(other, bytes);
            await RunInsideAsync("mount", "--bind", other, file);
        }
        await _node.CliAsync("target", "create", name);
        await _node.CliAsync(["lun", "add", name, "--volume", volume, "--lun", "1", .. lun.WriteBack ? new[] { "--write-back" } : []]);
        await _node.CliAsync("access", "allow", name, "--address", "127.0.0.0/8");
        await _node.CliAsync("target", "start", name);
        _endpoints[lun] = new Endpoint(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_node.IscsiPort}"), name, Engine, file);
    }
}
