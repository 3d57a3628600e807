using System.Globalization;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.DataReplication;

/// <summary>Files to copy, and a day's change to them.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Part">For the command line.</param>
/// <param name="Files">How many.</param>
/// <param name="BytesEach">Size of each.</param>
/// <param name="Changed">How many of them change between two runs.</param>
public sealed record SourceTree(string Name, string Part, int Files, int BytesEach, int Changed)
{
    private const int FilesPerDirectory = 200;
    private const int ChangedBytes = 1024;

    private readonly Random _random = new(1);

    /// <summary>With room for the changes that a snapshot keeps.</summary>
    public int VolumeGib => (int)((long)Files * BytesEach * 5 / 4 >> 30) + 1;

    public static IReadOnlyList<SourceTree> All { get; } =
    [
        new("20,000 small files", "small", 20_000, 4096, 200),
        // What a run costs once (snapshot, mount, task log) weighs less here.
        new("100,000 small files", "many", 100_000, 4096, 1000),
        new("few large files", "large", 4, 512 << 20, 1),
    ];

    public static SourceTree WarmUp { get; } = new("warm-up", "", 2500, 4096, 50);

    /// <param name="root">An empty directory.</param>
    public async Task FillAsync(string root)
    {
        var content = new byte[BytesEach];
        for (var number = 0; number < Files; number++)
        {
            var path = PathOf(root, number);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _random.NextBytes(content);
            await File.WriteAllBytesAsync(path, content);
        }
        await Command.RunOkAsync("sync", "-f", root);
    }

    /// <summary>Rewrites the first kilobyte of some of the files; their sizes stay.</summary>
    public async Task ChangeAsync(string root)
    {
        var content = new byte[ChangedBytes];
        for (var i = 0; i < Changed; i++)
        {
            _random.NextBytes(content);
            await using var file = new FileStream(PathOf(root, i * (Files / Changed)), FileMode.Open, FileAccess.Write);
            await file.WriteAsync(content);
        }
        await Command.RunOkAsync("sync", "-f", root);
    }

    private static string PathOf(string root, int number) => Path.Combine(
        root, (number / FilesPerDirectory).ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture));
}
