using Futago.Engine.Contracts;
using Futago.Scsi.Mode;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Mode;

/// <summary>
/// The saved mode parameters of one LUN beside the data of its volume. A volume that becomes another LUN (another SCSI ID) begins with
/// the defaults.
/// </summary>
/// <param name="directory">Directory of the volume.</param>
internal sealed class ModeFile(string directory, string scsiId) : IModeStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(directory, ModeDocument.FileName);

    /// <returns>
    /// Null also for a file that cannot be used: it is a convenience of initiators, and what must stay protected is protected by the
    /// administrator (read only). The next save replaces it.
    /// </returns>
    public ModeValues? Load() =>
        SealedDocument.Read<ModeDocument>(_path, ModeDocument.CurrentVersion, EngineJson.Options, out var document) == SealedDocumentState.Good
            && string.Equals(document!.ScsiId, scsiId, StringComparison.OrdinalIgnoreCase)
            ? document.ToValues()
            : null;

    public void Save(ModeValues values) => SealedDocument.Write(_path, ModeDocument.From(scsiId, values), EngineJson.Options, OwnerOnly);
}
