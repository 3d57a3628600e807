namespace Futago.Volumes.Groups;

internal enum GroupIdentityState
{
    Good,
    /// <summary>
    /// Formatted, but nothing is on it: creation was cut off, or, when read without log recovery, what is on it is still in the log.
    /// </summary>
    Unfinished,
    Damaged,
    Newer,
    Unreadable,
}

/// <summary>What the metadata of a group says, read without taking it online.</summary>
internal sealed record GroupIdentity(GroupIdentityState State, GroupDocument? Document, string? Reason = null);
