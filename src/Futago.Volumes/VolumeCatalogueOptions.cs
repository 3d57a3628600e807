namespace Futago.Volumes;

/// <param name="MountRoot">Groups are mounted in directories of their name below it.</param>
/// <param name="ImageDirectory">Image files in it are units without having been mentioned, or null.</param>
/// <param name="KnownUnitsPath">The file that remembers images and groups over a restart.</param>
public sealed record VolumeCatalogueOptions(string MountRoot, string? ImageDirectory, string KnownUnitsPath);
