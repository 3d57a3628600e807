using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>The file under a device, as far as others need to know it to share its space.</summary>
public sealed class CloneableFile
{
    private readonly FileSystemId _fileSystem;

    internal CloneableFile(IBlockFile file, FileSystemId fileSystem, int granularityBytes)
    {
        File = file;
        _fileSystem = fileSystem;
        GranularityBytes = granularityBytes;
    }

    internal IBlockFile File { get; }

    /// <summary>Offsets and lengths of shared ranges are multiples of this, in bytes.</summary>
    public int GranularityBytes { get; }

    /// <summary>Both are on one file system. That it can share space shows only when it is asked to.</summary>
    public bool MayShareWith(CloneableFile other) => _fileSystem == other._fileSystem;
}
