namespace Futago.Cli.Instances;

/// <summary>
/// <c>instance.json</c>, which run.sh writes into a data directory: of one node (sockets), or of the twins (the data directory of
/// each node by its name).
/// </summary>
internal sealed record InstanceDocument(
    int Version,
    string? Id = null,
    string? NodeName = null,
    string? EngineSocket = null,
    string? ConsoleSocket = null,
    string? ConsoleUrl = null,
    string? IscsiPortal = null,
    IReadOnlyDictionary<string, string>? Twins = null)
{
    /// <summary>The highest version that this command understands.</summary>
    public const int KnownVersion = 1;

    public const string FileName = "instance.json";
}
