namespace Futago.Volumes.Linux;

/// <param name="DeviceNumber"><c>major:minor</c>.</param>
internal sealed record MountEntry(string DeviceNumber, string MountPoint, string FileSystem, string Source);
