using Futago.Volumes.Metadata;

namespace Futago.DataReplication.Settling;

/// <summary><c>.futago-unsettled-…</c> at the root of a NAS volume: a copy writes there whose files may not be on the medium yet. docs/on-disk/unsettled-copy.md.</summary>
/// <param name="Folder">What is written to, below the root; empty for the root itself.</param>
/// <param name="Since">When the first of the copies that have not been settled began, by this node's clock.</param>
internal sealed record UnsettledDocument(int FormatVersion, string Folder, DateTimeOffset Since) : ISealedDocument
{
    public const int CurrentVersion = 1;
}
