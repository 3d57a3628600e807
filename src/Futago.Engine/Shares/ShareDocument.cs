using Futago.Volumes.Metadata;

namespace Futago.Engine.Shares;

/// <summary><c>shares.json</c> of the state directory, docs/on-disk/engine-state.md.</summary>
/// <param name="NextUid">Grows with every user, so that the files of a deleted one never belong to somebody else.</param>
internal sealed record ShareDocument(
    int FormatVersion,
    IReadOnlyList<StoredShare> Shares,
    IReadOnlyList<StoredShareUser> Users,
    int NextUid) : ISealedDocument
{
    public const int CurrentVersion = 1;

    /// <summary>Far from what distributions and directories give to people.</summary>
    public const int UidFirst = 300001;

    public static ShareDocument Empty { get; } = new(CurrentVersion, [], [], UidFirst);
}
