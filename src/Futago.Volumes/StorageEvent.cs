namespace Futago.Volumes;

/// <summary>Something noteworthy that happened to a unit, group or volume; the host writes it to its journal.</summary>
/// <param name="Code">Stable identifier such as <c>volume.created</c>; the contract's EventCodes list them all.</param>
/// <param name="Object">Unit path, group name or volume path.</param>
public sealed record StorageEvent(
    StorageSeverity Severity,
    string Code,
    string Object,
    string Text,
    IReadOnlyDictionary<string, string>? Args);
