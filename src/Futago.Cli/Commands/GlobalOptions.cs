using System.CommandLine;

namespace Futago.Cli.Commands;

/// <summary>Options that every verb takes, wherever on the line they stand.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Node { get; } = New<string?>("--node", "NAME", "Node of the twins that run from this checkout: a or b.");

    public Option<string?> Data { get; } = New<string?>("--data", "DIR", "Data directory of the node.");

    public Option<string?> Socket { get; } = New<string?>("--socket", "PATH", "Unix socket of the node's console.");

    public Option<string?> Url { get; } = New<string?>("--url", "URL", "Address of a console elsewhere: https://NAME:8443. Needs --token-file.");

    public Option<string?> TokenFile { get; } = New<string?>("--token-file", "FILE", "File with the token for --url; - reads it from standard input.");

    public Option<string?> Fingerprint { get; } = New<string?>("--fingerprint", "SHA256", "SHA-256 of the console's certificate, when this machine does not trust it.");

    public Option<bool> Json { get; } = New<bool>("--json", null, "Write the API's JSON documents; a problem goes to standard error as JSON.");

    public IEnumerable<Option> All => [Node, Data, Socket, Url, TokenFile, Fingerprint, Json];

    private static Option<T> New<T>(string name, string? valueName, string description) =>
        new(name) { HelpName = valueName, Description = description, Recursive = true };
}
