namespace Futago.Engine.Contracts.Volumes;

/// <summary>A file of a NAS volume that can be offered as a CD-ROM, or looks by its name as if it could.</summary>
/// <param name="Path">Below the root of the file system, such as <c>/iso/debian.iso</c>.</param>
public sealed record IsoImageInfo(string Path, long SizeBytes);
