namespace Futago.Engine.Api;

/// <summary>RFC 9457 section 3, with the extension members of the contract's Problem.</summary>
internal sealed record ProblemDocument(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    string? Field,
    IReadOnlyDictionary<string, string>? Args);
