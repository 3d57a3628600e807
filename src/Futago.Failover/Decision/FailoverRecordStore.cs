using System.Text.Json;
using Futago.Volumes.Metadata;

namespace Futago.Failover;

/// <summary>The record of a node as a sealed document, docs/on-disk/failover-record.md. It belongs to the engine's state directory.</summary>
public static class FailoverRecordStore
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="IOException">What is stored is then the old or the new record.</exception>
    public static void Save(string path, FailoverRecord record) => SealedDocument.Write(path, FailoverRecordDocument.Of(record), Json, Mode);

    /// <returns>Null: there is none, the pair is new.</returns>
    /// <exception cref="InvalidDataException">
    /// It is damaged, or of a newer version. What this node promised is not known then: it must not serve, and must not consent, before an
    /// operator has decided.
    /// </exception>
    public static FailoverRecord? Load(string path)
    {
        var state = SealedDocument.Read<FailoverRecordDocument>(path, FailoverRecordDocument.Version, Json, out var document);
        return state switch
        {
            SealedDocumentState.Good when document!.ToRecord() is { } record => record,
            SealedDocumentState.Absent => null,
            SealedDocumentState.Newer => throw new InvalidDataException($"{path} was written by a newer version."),
            _ => throw new InvalidDataException($"{path} is damaged: what this node promised to its peer is not known any more."),
        };
    }
}
