namespace Futago.Engine.Contracts.Volumes;

public enum GroupState
{
    Online,
    /// <summary>The unit is gone: nothing on it can be served until it is back.</summary>
    Missing,
    /// <summary>The unit is there but its file system or metadata could not be used; <see cref="GroupInfo.Problem"/> says why.</summary>
    Failed,
}

/// <summary>The system-volumes table: where the space of a group went. All values in bytes; they add up to the size of the unit.</summary>
/// <param name="Volumes">Given to logical volumes (thick: their size; thin: what they really use).</param>
/// <param name="Snapshots">Reserved for, or used by, snapshots.</param>
/// <param name="Replication">Reserved for replication metadata.</param>
/// <param name="Swap">Reserved for swap; always 0 so far, kept because the guide's table has the row.</param>
/// <param name="System">Taken by the file system and by the group's own metadata.</param>
public sealed record GroupSpace(long Volumes, long Snapshots, long Replication, long Swap, long System, long Free);

public sealed record GroupInfo(
    Guid Id,
    string Name,
    GroupState State,
    Problem? Problem,
    string UnitPath,
    long SizeBytes,
    GroupSpace Space,
    int VolumeCount);

/// <param name="Name">Null for the next free default name (<c>vg00</c>, <c>vg01</c>, …); else 1–32 of <c>a-z A-Z 0-9 _ -</c>, letter first.</param>
/// <param name="Overwrite">True to format a unit that carries <see cref="UnitUse.ForeignData"/>; never overrides mounted, system or group use.</param>
public sealed record CreateGroupRequest(string? Name, string UnitPath, bool Overwrite = false);

/// <param name="NewName">Null keeps the name that the group has; needed when that name is taken on this node.</param>
public sealed record ImportGroupRequest(string UnitPath, string? NewName = null);
