namespace Futago.Architecture.Tests;

/// <summary>The files of this checkout, without what builds and runs leave behind.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotOurs = [".git", ".vs", ".idea", ".futago", "bin", "obj", "artifacts", "TestResults", "node_modules"];

    public static string Root { get; } = FindRoot();

    private static IReadOnlyList<string> AllFiles { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(params string[] extensions) =>
        AllFiles.Where(file => extensions.Length == 0 || extensions.Contains(Path.GetExtension(file)));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
            yield return Path.GetRelativePath(Root, file);
        foreach (var child in new DirectoryInfo(directory).EnumerateDirectories())
        {
            // A link could lead out of the checkout, or round in a circle.
            if (NotOurs.Contains(child.Name) || child.LinkTarget is not null)
                continue;
            foreach (var file in Walk(child.FullName))
                yield return file;
        }
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "appliance.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return directory;
    }
}
