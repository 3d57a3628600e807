namespace Futago.Blocks.Native;

/// <summary>Device number of a file system.</summary>
internal readonly record struct FileSystemId(uint Major, uint Minor);
