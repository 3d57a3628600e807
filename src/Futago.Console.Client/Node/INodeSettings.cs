using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Node;

namespace Futago.Console.Client.Node;

/// <param name="Engine">Null while the engine is not reachable; <paramref name="EngineProblem"/> says why.</param>
/// <param name="ConfigurationRevision">Revision that the console wants; compare with the engine's to see whether it is applied.</param>
public sealed record NodeView(
    string Name,
    string Version,
    long ConfigurationRevision,
    NodeStatus? Engine,
    string? EngineProblem,
    bool DatabaseReachable);

/// <param name="Portals">Addresses that the iSCSI service listens on.</param>
public sealed record SettingsView(string NodeName, IReadOnlyList<PortalConfiguration> Portals);

/// <summary>Null leaves a property as it is.</summary>
public sealed record UpdateSettingsRequest(string? NodeName = null, IReadOnlyList<PortalConfiguration>? Portals = null);

public interface INodeSettings
{
    Task<NodeView> GetNodeAsync(CancellationToken cancellation = default);

    Task<SettingsView> GetSettingsAsync(CancellationToken cancellation = default);

    Task<SettingsView> UpdateSettingsAsync(UpdateSettingsRequest request, CancellationToken cancellation = default);
}
