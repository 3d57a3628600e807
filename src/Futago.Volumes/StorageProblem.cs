namespace Futago.Volumes;

/// <summary>Why a storage operation was refused or an object is not well: a stable code, one sentence with the remedy, and its values.</summary>
/// <param name="Code">One of <see cref="StorageCodes"/>.</param>
/// <param name="Field">The request field at fault in camelCase, or null.</param>
public sealed record StorageProblem(
    string Code,
    string Detail,
    string? Field = null,
    IReadOnlyDictionary<string, string>? Args = null);
