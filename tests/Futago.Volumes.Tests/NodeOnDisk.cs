using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Volumes.Tests;

/// <summary>A catalogue over a directory of its own, with real images, loop devices and XFS. Leaves no mount behind.</summary>
internal sealed class NodeOnDisk : IAsyncDisposable
{
    public const long GiB = 1L << 30;
    public const long MiB = 1L << 20;

    private readonly string? _owned;

    public NodeOnDisk(string? root = null)
    {
        _owned = root is null ? Path.Combine(Path.GetTempPath(), $"futago-volumes-{Guid.NewGuid():n}") : null;
        Root = root ?? _owned!;
        Directory.CreateDirectory(Root);
        Catalogue = NewCatalogue();
    }

    public string Root { get; }

    public string MountRoot => Path.Combine(Root, "groups");

    public FakeVolumeUsers Users { get; } = new();

    public List<StorageEvent> Events { get; } = [];

    public VolumeCatalogue Catalogue { get; private set; }

    public static async Task<NodeOnDisk> StartAsync()
    {
        var node = new NodeOnDisk();
        await node.Catalogue.StartAsync();
        return node;
    }

    /// <summary>A node with one group of one image.</summary>
    public static async Task<NodeOnDisk> WithGroupAsync(long imageBytes = GiB)
    {
        var node = await StartAsync();
        var image = await node.Catalogue.CreateImageAsync(node.PathOf("unit0.img"), imageBytes);
        await node.Catalogue.CreateGroupAsync("vg00", image.Path, overwrite: false);
        return node;
    }

    public string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>A second life of the same node: everything known comes from disk.</summary>
    public async Task RestartAsync(bool orderly = true)
    {
        if (orderly)
            await Catalogue.StopAsync();
        Catalogue.Dispose();
        Catalogue = NewCatalogue();
        await Catalogue.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Catalogue.StopAsync();
        Catalogue.Dispose();
        // Whatever a failing test left mounted below our own directory.
        foreach (var mount in MountsBelow(Root))
            Run("umount", "-l", mount);
        if (_owned is not null)
            Directory.Delete(_owned, recursive: true);
    }

    public static IReadOnlyList<string> MountsBelow(string directory) =>
        [.. File.ReadLines("/proc/self/mountinfo").Select(l => l.Split(' ')[4]).Where(m => m.StartsWith(directory + "/", StringComparison.Ordinal)).Reverse()];

    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}");
    }

    private VolumeCatalogue NewCatalogue()
    {
        var catalogue = new VolumeCatalogue(
            new VolumeCatalogueOptions(MountRoot, null, Path.Combine(Root, "units.json")), Users, TimeProvider.System, NullLogger<VolumeCatalogue>.Instance);
        catalogue.Happened += e =>
        {
            lock (Events)
                Events.Add(e);
        };
        return catalogue;
    }
}
