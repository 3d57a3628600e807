using Futago.Blocks.Atomic;
using Futago.Blocks.Log;
using Futago.Engine.Contracts;
using Futago.Scsi.Sanitize;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Sanitize;

/// <summary>Notes in the volume's directory that its data is being destroyed, so that a volume that is half wiped never looks whole.</summary>
/// <param name="directory">Directory of the volume.</param>
internal sealed class SanitizeFile(string directory) : ISanitizeStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(directory, SanitizeDocument.FileName);

    /// <returns>A file that cannot be used stands for a failed operation that may be given up: that there was one is certain.</returns>
    public SanitizeRecord? Load() =>
        SealedDocument.Read<SanitizeDocument>(_path, SanitizeDocument.CurrentVersion, EngineJson.Options, out var document) switch
        {
            SealedDocumentState.Absent => null,
            SealedDocumentState.Good => new SanitizeRecord(document!.ServiceAction, document.AllowsExit),
            _ => new SanitizeRecord(0, AllowsExit: true),
        };

    public void Save(SanitizeRecord? record)
    {
        if (record is not null)
        {
            SealedDocument.Write(_path, SanitizeDocument.From(record), EngineJson.Options, OwnerOnly);
            return;
        }
        // Pieces of the data that were written lately.
        CommitLogFile.Erase(Path.Combine(directory, CommitLogFile.FileName));
        AtomicWriteJournal.Erase(Path.Combine(directory, AtomicWriteJournal.FileName));
        File.Delete(_path);
        DurableFile.SyncDirectory(directory);
    }
}
