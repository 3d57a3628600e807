using System.Net;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Targets;

/// <summary>Ready commands to connect initiators with.</summary>
public sealed partial class TargetConnect
{
    private IReadOnlyList<PortalConfiguration> _portals = [];
    private int _chosen;

    [Inject]
    public required INodeSettings Settings { get; init; }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => LoadAsync(async () =>
        _portals = [.. (await Settings.GetSettingsAsync()).Portals.Select(Reachable).Distinct()]);

    // A portal on every address has no address of its own to name; the one by which the person reached this node is the
    // one known to work from where they are.
    private PortalConfiguration Reachable(PortalConfiguration portal) =>
        IPAddress.TryParse(portal.Address, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? portal with { Address = new Uri(Navigation.BaseUri).Host.Trim('[', ']') }
            : portal;
}
