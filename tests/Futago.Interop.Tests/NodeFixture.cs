using System.Globalization;
using Futago.Testing.Nodes;

// The tests of one node share it, and some kill parts of it; there is one pair of twins per machine at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Futago.Interop.Tests;

/// <summary>The classes that share one node: it runs while they do, and not beside the twins of the others.</summary>
[CollectionDefinition(Name)]
public sealed class OneNode : ICollectionFixture<NodeFixture>
{
    public const string Name = "One node";
}

/// <summary>One node with a volume group on a disk image.</summary>
public sealed class NodeFixture : IAsyncLifetime
{
    private int _lastNumber;

    public FutagoNode Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await FutagoNode.StartAsync();
        var image = Path.Combine(Node.DataDirectory, "unit0.img");
        await Node.CliAsync("unit", "create-image", image, "--size", "8GiB");
        await Node.CliAsync("group", "create", "vg00", "--unit", image);
    }

    public ValueTask DisposeAsync() => Node?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Creates a volume and a started target with it, open to this machine.</summary>
    /// <param name="size">Size of the volume (<c>1GiB</c>).</param>
    /// <param name="volumeOptions">Further options of <c>volume create</c>.</param>
    /// <param name="lunOptions">Further options of <c>lun add</c>.</param>
    public async Task<TestTarget> CreateTargetAsync(string size, string[]? volumeOptions = null, string[]? lunOptions = null)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var volume = string.Create(CultureInfo.InvariantCulture, $"vg00/test{number}");
        var name = string.Create(CultureInfo.InvariantCulture, $"iqn.2026-01.example.futago:test{number}");
        await Node.CliAsync(["volume", "create", volume, "--type", "iscsi", "--size", size, .. volumeOptions ?? []]);
        await Node.CliAsync("target", "create", name);
        await Node.CliAsync(["lun", "add", name, "--volume", volume, "--lun", "1", .. lunOptions ?? []]);
        await Node.CliAsync("access", "allow", name, "--address", "127.0.0.0/8");
        await Node.CliAsync("target", "start", name);
        return new TestTarget(Node, name, volume);
    }
}
