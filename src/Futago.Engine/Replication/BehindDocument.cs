using Futago.Volumes.Metadata;

namespace Futago.Engine.Replication;

/// <summary><c>mirror/ID.json</c>: a volume's medium on this node lacks writes that the peer has, docs/on-disk/mirror-behind.md.</summary>
/// <param name="Generation">Of the data that are behind.</param>
/// <param name="Term">Highest term of authority that was heard of.</param>
internal sealed record BehindDocument(int FormatVersion, Guid Replication, string Generation, ulong Term, DateTimeOffset Since) : ISealedDocument
{
    public const int CurrentVersion = 1;
}
