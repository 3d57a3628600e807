using System.Net;
using Futago.Management.Node;

namespace Futago.Console;

/// <summary>What the command line says; see <see cref="ConsoleOptionsReader"/>.</summary>
public sealed record ConsoleOptions
{
    /// <summary>Keys, certificate, setup code: everything that is the console's own. Created with mode 0700.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Directory of the private cluster; null when <see cref="ConnectionString"/> is set.</summary>
    public string? PostgresDirectory { get; init; }

    /// <summary>Directory of the private cluster's socket; its path must be short.</summary>
    public string? PostgresSocketDirectory { get; init; }

    /// <summary>Another PostgreSQL server, instead of the private cluster.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Socket of the engine's API.</summary>
    public required string EngineSocket { get; init; }

    /// <summary>HTTP socket for the CLI: root and the console's own user are administrators on it.</summary>
    public string? Socket { get; init; }

    /// <summary>HTTPS socket, for forwarding from a loopback port outside the node's network namespace.</summary>
    public string? TlsSocket { get; init; }

    /// <summary>HTTPS address; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>First portal; null for 0.0.0.0:3260.</summary>
    public Portal? IscsiPortal { get; init; }

    /// <summary>Password of the administrator <c>admin</c>, created unattended while there is no user.</summary>
    public string? AdminPassword { get; init; }

    public required string ImageDirectory { get; init; }

    /// <summary>For the first start only.</summary>
    public required string NodeName { get; init; }

    /// <summary>Never the secrets: records print their members.</summary>
    public override string ToString() => $"ConsoleOptions {{ DataDirectory = {DataDirectory}, Listen = {Listen} }}";
}
