namespace Futago.Engine.Contracts.Volumes;

public enum UnitKind { BlockDevice, Image }

/// <summary>What a unit is used for now. Only <see cref="Free"/> may be formatted without a further question.</summary>
public enum UnitUse
{
    Free,
    /// <summary>Carries a volume group that is online on this node.</summary>
    Group,
    /// <summary>Carries a volume group that is not online here (exported, or of another node): it can be imported.</summary>
    Importable,
    /// <summary>Carries something that is not ours: a file system, a partition table, RAID or LVM signatures.</summary>
    ForeignData,
    /// <summary>Mounted, used as swap, or holding the running system.</summary>
    SystemUse,
    /// <summary>Known to this node, but the device or file is gone.</summary>
    Missing,
}

/// <param name="Path">Absolute path of the device node or image file; identifies the unit.</param>
/// <param name="Content">What is on it in English words ("ext4 file system “backup”"); null when empty.</param>
/// <param name="Group">Name of the volume group on it, when <see cref="Use"/> is Group, Importable or Missing.</param>
/// <param name="ContentPhrase"><paramref name="Content"/> for translation; null when empty, and from an engine of before.</param>
public sealed record UnitInfo(
    string Path,
    UnitKind Kind,
    long SizeBytes,
    string? Model,
    string? Serial,
    UnitUse Use,
    string? Content,
    string? Group,
    Phrase? ContentPhrase = null);

/// <summary>Create a disk image file as a unit. Space is allocated at once, so that a full disk is noticed now and not under load.</summary>
/// <param name="Path">Absolute path of a file that does not exist, in a directory that does.</param>
/// <param name="SizeBytes">At least 512 MiB; rounded down to whole MiB.</param>
public sealed record CreateImageRequest(string Path, long SizeBytes);
