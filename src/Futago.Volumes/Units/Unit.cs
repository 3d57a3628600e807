namespace Futago.Volumes.Units;

/// <param name="Path">Absolute path with symbolic links resolved; identifies the unit.</param>
/// <param name="Content">What is on it; null when empty.</param>
/// <param name="GroupId">
/// Group on it, when known. Together with <see cref="UnitUse.ForeignData"/>: it looks like a group, but reading it takes a log
/// recovery (it was not closed properly) or it was never finished; an operation on the unit finds out which.
/// </param>
public sealed record Unit(
    string Path,
    UnitKind Kind,
    long SizeBytes,
    string? Model,
    string? Serial,
    UnitUse Use,
    StoragePhrase? Content,
    Guid? GroupId,
    string? GroupName);
