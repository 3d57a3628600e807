using Futago.Engine.Contracts;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Shares;

/// <summary>Keeps shares and their users over a restart. A damaged list is set aside, and no share is served.</summary>
internal sealed class ShareStore(string path, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="setAside">Where a file that cannot be used went, or null.</param>
    public ShareDocument Load(out string? setAside)
    {
        setAside = null;
        var state = SealedDocument.Read<ShareDocument>(path, ShareDocument.CurrentVersion, EngineJson.Options, out var document);
        if (state == SealedDocumentState.Good && document is { Shares: not null, Users: not null, NextUid: >= ShareDocument.UidFirst })
            return document;
        if (state == SealedDocumentState.Absent)
            return ShareDocument.Empty;
        setAside = $"{path}.damaged-{time.GetUtcNow():yyyyMMddHHmmss}";
        File.Move(path, setAside, overwrite: true);
        return ShareDocument.Empty;
    }

    public void Save(ShareDocument document) => SealedDocument.Write(path, document, EngineJson.Options, OwnerOnly);
}
