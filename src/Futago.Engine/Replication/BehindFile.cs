using System.ComponentModel;
using Futago.Engine.Contracts;
using Futago.Replication;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Replication;

/// <summary>
/// The note of one replication in the engine's state directory. It says something by being there: one that is damaged, or was written by
/// a newer version, counts.
/// </summary>
/// <param name="directory">Made when it is first needed.</param>
internal sealed class BehindFile(string directory, Guid replication, TimeProvider time) : IBehindNote
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(directory, $"{replication:N}.json");

    public bool IsMade() =>
        SealedDocument.Read<BehindDocument>(_path, BehindDocument.CurrentVersion, EngineJson.Options, out _) != SealedDocumentState.Absent;

    public void Make(string generation, ulong term) => Change(() =>
    {
        Directory.CreateDirectory(directory, DirectoryMode);
        // A note in a directory that a power cut takes away is none.
        DurableFile.SyncDirectory(Path.GetDirectoryName(directory)!);
        SealedDocument.Write(
            _path, new BehindDocument(BehindDocument.CurrentVersion, replication, generation, term, time.GetUtcNow()), EngineJson.Options, FileMode);
    });

    public void Remove() => Change(() =>
    {
        try
        {
            File.Delete(_path);
            DurableFile.SyncDirectory(directory);
        }
        catch (DirectoryNotFoundException)
        {
            // There never was one.
        }
    });

    /// <summary>A failed fsync of the directory comes as the error of the system call.</summary>
    private static void Change(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is Win32Exception or UnauthorizedAccessException)
        {
            throw new IOException(e.Message, e);
        }
    }
}
