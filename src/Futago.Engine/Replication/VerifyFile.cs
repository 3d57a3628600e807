using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Replication;

/// <summary>The result of the last verify beside the data of its volume: it outlives the engine that found it.</summary>
/// <param name="directory">Directory of the volume.</param>
internal sealed class VerifyFile(string directory, Guid replication)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(directory, VerifyDocument.FileName);

    /// <returns>Null also for a file that cannot be used, or is another replication's: the next verify replaces it.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public VerifyReport? Load() =>
        SealedDocument.Read<VerifyDocument>(_path, VerifyDocument.CurrentVersion, EngineJson.Options, out var document) == SealedDocumentState.Good
            && document!.Replication == replication
            ? document.ToReport()
            : null;

    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(VerifyReport report, DateTimeOffset finishedAt) =>
        SealedDocument.Write(_path, VerifyDocument.From(replication, report, finishedAt), EngineJson.Options, OwnerOnly);

    /// <exception cref="IOException">It cannot be deleted.</exception>
    public void Delete() => File.Delete(_path);
}
