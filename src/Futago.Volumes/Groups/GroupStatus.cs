namespace Futago.Volumes.Groups;

/// <summary>A group at one moment.</summary>
public sealed record GroupStatus(
    Guid Id,
    string Name,
    GroupState State,
    StorageProblem? Problem,
    string UnitPath,
    long SizeBytes,
    GroupSpace Space,
    int VolumeCount);
