using Futago.Console.Client.Http;

namespace Futago.Cli.Instances;

/// <summary>The node that a command talks to.</summary>
/// <param name="NodeName">Null when only an address is known.</param>
/// <param name="EngineSocket">Null when only the console is known.</param>
internal sealed record Connection(string? NodeName, ConsoleEndpoint Console, string? EngineSocket);
