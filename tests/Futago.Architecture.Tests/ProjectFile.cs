using System.Text.Json;
using System.Xml.Linq;

namespace Futago.Architecture.Tests;

/// <summary>What a project says that it needs, and what restoring it really brought.</summary>
internal sealed record ProjectFile(string Name, string Path, string Sdk, string[] Projects, string[] Packages, string[] Frameworks)
{
    public static IReadOnlyList<ProjectFile> All { get; } = [.. Repository.Files(".csproj").Select(Load)];

    /// <summary>Products, not tests: everything in <c>src</c> and <c>migrations</c>.</summary>
    public static IEnumerable<ProjectFile> Shipped => All.Where(project => !project.Path.StartsWith("tests/", StringComparison.Ordinal));

    public bool UsesAspNet => Sdk == "Microsoft.NET.Sdk.Web" || Frameworks.Length > 0;

    /// <summary>Every package in the lock file, also those that came with another, except analyzers, which ship nothing.</summary>
    public IReadOnlyList<string> LockedPackages()
    {
        var directory = System.IO.Path.GetDirectoryName(Path)!;
        using var document = JsonDocument.Parse(Repository.Read(System.IO.Path.Combine(directory, "packages.lock.json")));
        return
        [
            .. from framework in document.RootElement.GetProperty("dependencies").EnumerateObject()
               from package in framework.Value.EnumerateObject()
               where package.Value.GetProperty("type").GetString() != "Project"
                   && !package.Name.Contains("Analyzers", StringComparison.Ordinal)
               select package.Name,
        ];
    }

    private static ProjectFile Load(string path)
    {
        var root = XDocument.Parse(Repository.Read(path)).Root!;
        return new ProjectFile(
            System.IO.Path.GetFileNameWithoutExtension(path),
            path,
            (string)root.Attribute("Sdk")!,
            [.. Included(root, "ProjectReference").Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))],
            [.. Included(root, "PackageReference")],
            [.. Included(root, "FrameworkReference")]);
    }

    private static IEnumerable<string> Included(XElement root, string element) =>
        root.Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>();
}
