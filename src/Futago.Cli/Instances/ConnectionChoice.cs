namespace Futago.Cli.Instances;

/// <summary>What the command line says about the node; null where it says nothing.</summary>
internal sealed record ConnectionChoice(string? Socket, string? Data, string? Node, string? Url, string? TokenFile, string? Fingerprint);
