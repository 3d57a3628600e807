namespace Futago.Volumes.Units;

/// <summary>What blkid found at the beginning (and end) of a unit.</summary>
/// <param name="Description">What it is ("ext4 file system “backup”"); null when nothing was found.</param>
/// <param name="GroupId">Set when it is an XFS file system that carries the product's label: its identifier is that of the group.</param>
internal sealed record Signature(StoragePhrase? Description, Guid? GroupId = null)
{
    public static Signature Nothing { get; } = new((StoragePhrase?)null);
}
