using Futago.Blocks.Native;

namespace Futago.Volumes.Linux;

/// <summary>What statx(2) says about a file, as far as it is used here.</summary>
/// <param name="AllocatedBytes">Blocks that the file really takes.</param>
/// <param name="DeviceNumber"><c>major:minor</c> of the device that a block device node stands for.</param>
/// <param name="Identity">File system and inode: changes when another file takes the path.</param>
public sealed record FileStatus(FileKind Kind, long SizeBytes, long AllocatedBytes, string DeviceNumber, string Identity, long ModifiedNs)
{
    /// <summary>Follows symbolic links. Null when the file does not exist or its file system does not answer.</summary>
    public static FileStatus? TryRead(string path)
    {
        if (!StatX.TryRead(path, out var status))
            return null;
        var kind = status.Kind switch
        {
            StatX.S_IFREG => FileKind.Regular,
            StatX.S_IFDIR => FileKind.Directory,
            StatX.S_IFBLK => FileKind.BlockDevice,
            _ => FileKind.Other,
        };
        return new FileStatus(
            kind,
            status.Size,
            status.Blocks * StatX.BlockBytes,
            $"{status.DeviceMajor}:{status.DeviceMinor}",
            $"{status.FileSystemMajor}:{status.FileSystemMinor}:{status.Inode}",
            status.ModifiedSeconds * 1_000_000_000 + status.ModifiedNanoseconds);
    }
}
