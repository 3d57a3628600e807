namespace Futago.Volumes.Units;

/// <summary>A whole disk as the kernel describes it.</summary>
/// <param name="SystemUse">Why it must not be touched ("mounted at /"), or null.</param>
/// <param name="Partitions">Names of its partitions.</param>
internal sealed record BlockDeviceInfo(
    string Path,
    long SizeBytes,
    string? Model,
    string? Serial,
    StoragePhrase? SystemUse,
    IReadOnlyList<string> Partitions,
    string DeviceNumber);
