using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Engine.Status;
using Futago.Volumes;

namespace Futago.Engine.CdRoms;

/// <summary>Finds ISO images on NAS volumes, for people who choose one.</summary>
internal static class ImageFinder
{
    private const int ImagesMaximum = 500;
    private const int EntriesMaximum = 20_000;
    private const int DepthMaximum = 8;

    /// <summary>Files whose names end in .iso, by path; as many as are found in a bounded look that follows no link.</summary>
    /// <exception cref="ProblemException">There is no such NAS volume, or it is not mounted.</exception>
    public static IReadOnlyList<IsoImageInfo> List(VolumeCatalogue catalogue, string group, string name)
    {
        var root = FindRoot(catalogue, $"{group}/{name}", out _);
        var found = new DirectoryInfo(root).EnumerateFileSystemInfos("*", new EnumerationOptions
        {
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
            MaxRecursionDepth = DepthMaximum,
            RecurseSubdirectories = true,
        });
        return
        [
            .. found.Take(EntriesMaximum).OfType<FileInfo>()
                // Asking whether it is there also keeps what it is like: it may be deleted any time.
                .Where(f => f.Name.EndsWith(".iso", StringComparison.OrdinalIgnoreCase) && f.Exists)
                .Select(f => (Path: "/" + Path.GetRelativePath(root, f.FullName), f.Length))
                .Where(f => IsoPath.IsNormal(f.Path))
                .Take(ImagesMaximum)
                .OrderBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => new IsoImageInfo(f.Path, f.Length)),
        ];
    }

    /// <exception cref="ProblemException">The file cannot be offered as a CD-ROM; says why.</exception>
    public static IsoImageInfo Check(VolumeCatalogue catalogue, string group, string name, string? path)
    {
        if (!IsoPath.TryNormalise(path, out var image))
            throw ProblemException.Invalid(
                ProblemCodes.IsoPathInvalid, "The path of an ISO image begins with a slash and names a file below the root of the volume, for example /iso/debian.iso.", "iso");
        var volume = $"{group}/{name}";
        var root = FindRoot(catalogue, volume, out var id);
        if (catalogue.WhyLocked(id) is { } locked)
            throw new ProblemException(Mapping.ToProblem(locked) with { Field = "iso" }, 409);
        using var file = ImageFile.Open(root, image);
        return DiscImage.Check(file, IsoPath.Format(volume, image), out var state) is { } problem
            ? throw new ProblemException(problem with { Field = "iso" }, problem.Code == ProblemCodes.IsoNotFound ? 404 : 409)
            : new IsoImageInfo(image, state!.SizeBytes);
    }

    private static string FindRoot(VolumeCatalogue catalogue, string path, out Guid volumeId)
    {
        var volume = catalogue.Volumes.FirstOrDefault(v => $"{v.Group}/{v.Name}" == path)
            ?? throw ProblemException.NotFound(ProblemCodes.VolumeNotFound, "There is no such volume.", ("volume", path));
        volumeId = volume.Id;
        if (!volume.Nas)
            throw ProblemException.Invalid(ProblemCodes.VolumeNotNas, $"Volume {path} is not a NAS volume, so there are no files in it.", "iso", ("volume", path));
        return volume.MountPoint
            ?? throw ProblemException.Conflict(ProblemCodes.VolumeNotMounted, $"The file system of volume {path} is not mounted. {volume.Problem?.Detail}", "iso", ("volume", path));
    }
}
