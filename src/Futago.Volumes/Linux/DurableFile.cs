using Futago.Blocks;

namespace Futago.Volumes.Linux;

/// <summary>Files whose replacement survives a power cut: written aside, synced, renamed over the old one, directory synced.</summary>
public static class DurableFile
{
    private const string NewSuffix = ".new";

    /// <summary>After this returns, the file holds the content for good; before, it holds the old content whole.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var temporary = path + NewSuffix;
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        }))
        {
            stream.Write(content);
            FileSync.Sync(stream);
        }
        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes created, renamed and removed entries of the directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = FileDescriptor.Open(path, LibC.O_RDONLY);
        directory.Sync();
    }
}
