namespace Futago.Engine.Contracts.Node;

/// <param name="ConfigurationRevision">Revision of the configuration in force; 0 before the first push.</param>
/// <param name="Portals">Every configured portal and whether it listens.</param>
public sealed record NodeStatus(
    string Name,
    string Version,
    DateTimeOffset StartedAt,
    long ConfigurationRevision,
    IReadOnlyList<PortalStatus> Portals,
    long LastEventNumber);

public sealed record PortalStatus(string Address, int Port, bool Listening, Problem? Problem);
