using Futago.Blocks.Native;

namespace Futago.Blocks.Log;

/// <summary>The file of a commit log, beside the data of its volume.</summary>
public static class CommitLogFile
{
    public const string FileName = "commit.log";

    private const string UnfinishedSuffix = ".new";
    private const int LongestPiece = 1 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Of the volume's length; its log has two areas.</summary>
    private const int AreasInVolume = 16;
    private const long AreaBytesMinimum = 4 << 20;
    private const long AreaBytesMaximum = 128 << 20;

    /// <summary>Of what the file system has left.</summary>
    private const int LogsInFreeSpace = 4;

    /// <summary>Finishes what a crash interrupted. To be called before anything else uses the data.</summary>
    /// <param name="path">The log; it need not be there.</param>
    /// <returns>Writes that the log held.</returns>
    /// <exception cref="IOException">The log is damaged or cannot be read, or the data not written: the volume must not be used.</exception>
    public static long Replay(string path, string dataPath)
    {
        File.Delete(path + UnfinishedSuffix);
        if (!File.Exists(path))
            return 0;
        using var log = LinuxBlockFile.OpenDurable(path);
        using var data = LinuxBlockFile.Open(dataPath, direct: false, readOnly: false);
        try
        {
            return CommitLogReplay.Run(log, data);
        }
        catch (IOException e)
        {
            throw new IOException($"The log of acknowledged writes, {path}, {e.Message}. Without it the volume may lack some of them", e);
        }
    }

    /// <summary>Forgets what the log holds: the data that it belongs to is about to be replaced.</summary>
    public static void Discard(string path)
    {
        File.Delete(path);
        File.Delete(path + UnfinishedSuffix);
    }

    /// <summary>Overwrites what was ever recorded, durably. The log may be open, but must be empty, and stay so meanwhile.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Erase(string path)
    {
        if (!File.Exists(path))
            return;
        using var log = LinuxBlockFile.OpenDurable(path);
        var zeros = new BlockBuffer(LongestPiece);
        try
        {
            var end = CommitLogFormat.AreaStart(CommitLogFormat.AreaCount, ReadAreaBytes(log));
            for (var offset = CommitLogFormat.AreaStart(0, 0); offset < end; offset += LongestPiece)
            {
                if (FileTransfer.WriteAll(log, offset, zeros.Address, (int)Math.Min(LongestPiece, end - offset)) is not 0 and var error)
                    throw new IOException($"{path} could not be overwritten ({Errno.Describe(error)})");
            }
        }
        finally
        {
            zeros.Free();
        }
    }

    /// <summary>Opens the log, or makes one.</summary>
    /// <returns>Null when there is no space for it, or the file system has no direct access.</returns>
    internal static CommitLog? TryOpen(string path, IBlockFile data, string name, Action<int> failed)
    {
        LinuxBlockFile? log = null;
        try
        {
            if (!File.Exists(path) && !TryCreate(path, data))
                return null;
            log = LinuxBlockFile.OpenDurable(path);
            return new CommitLog(log, data, ReadAreaBytes(log), name, failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InsufficientMemoryException)
        {
            log?.Dispose();
            return null;
        }
    }

    /// <summary>With all its space, written: an append must change nothing but data. It has its name only when it is complete.</summary>
    private static bool TryCreate(string path, IBlockFile data)
    {
        var areaBytes = Math.Clamp(data.GetLength() / AreasInVolume, AreaBytesMinimum, AreaBytesMaximum) / CommitLogFormat.BlockBytes * CommitLogFormat.BlockBytes;
        var length = CommitLogFormat.AreaStart(CommitLogFormat.AreaCount, areaBytes);
        if (data.GetSpace() is not { } space || space.AvailableBytes / LogsInFreeSpace < length)
            return false;
        var unfinished = path + UnfinishedSuffix;
        try
        {
            using (var file = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = OwnerOnly }))
            {
                var piece = new byte[LongestPiece];
                CommitLogFormat.WriteFileHeader(piece.AsSpan(0, CommitLogFormat.BlockBytes), areaBytes);
                file.Write(piece, 0, CommitLogFormat.BlockBytes);
                piece.AsSpan().Clear();
                for (var rest = length - CommitLogFormat.BlockBytes; rest > 0; rest -= LongestPiece)
                    file.Write(piece, 0, (int)Math.Min(rest, LongestPiece));
                FileSync.Sync(file);
            }
            File.Move(unfinished, path);
            DirectorySync.Sync(Path.GetDirectoryName(path)!);
            return true;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static long ReadAreaBytes(LinuxBlockFile log)
    {
        var header = new BlockBuffer(CommitLogFormat.BlockBytes);
        try
        {
            return CommitLogReplay.ReadAreaBytes(log, header);
        }
        finally
        {
            header.Free();
        }
    }
}
