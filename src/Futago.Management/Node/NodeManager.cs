using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Failover;

namespace Futago.Management.Node;

public sealed class NodeManager(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    ILiveStatus live,
    ICurrentActor currentActor,
    AuditLog audit,
    HostIdentity host) : INodeSettings
{
    public async Task<NodeView> GetNodeAsync(CancellationToken cancellation = default)
    {
        // The pages before sign-in show which node this is; the rest is for users.
        if (await currentActor.GetAsync() is null)
            return new NodeView(await GetNameAsync(cancellation), "", 0, null, null, DatabaseReachable: true);
        await currentActor.RequireAsync(UserRole.Viewer);
        var engine = live.Connected ? live.Node : null;
        var problem = engine is null ? live.Problem?.Detail ?? "The engine has not reported yet." : null;
        try
        {
            var configuration = await store.ReadAsync(cancellation);
            return new NodeView(configuration.NodeName, host.Version, configuration.Revision, engine, problem, DatabaseReachable: true);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.DatabaseUnreachable)
        {
            return new NodeView(live.Node?.Name ?? host.HostName, host.Version, 0, engine, problem, DatabaseReachable: false);
        }
    }

    public async Task<SettingsView> GetSettingsAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return View(await store.ReadAsync(cancellation));
    }

    public async Task<SettingsView> UpdateSettingsAsync(UpdateSettingsRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var name = request.NodeName is null ? null : NodeNameRule.Check(request.NodeName);
        var portals = request.Portals is null ? null : PortalRule.Check(request.Portals);
        var configuration = await store.ChangeAsync(c =>
        {
            var before = View(c);
            c.NodeName = name ?? c.NodeName;
            if (portals is not null && !before.Portals.SequenceEqual(portals.OrderBy(PortalRule.Format, StringComparer.Ordinal)))
            {
                Replace(c.Portals, portals);
                FailoverGuard.CheckWhole(c);
            }
            var after = View(c);
            return before.NodeName == after.NodeName && before.Portals.SequenceEqual(after.Portals)
                ? null
                : audit.Entry(actor, ConsoleEventCodes.SettingsChanged, c.NodeName, "The settings of the node were changed.", before, after);
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
        return View(configuration);
    }

    private async Task<string> GetNameAsync(CancellationToken cancellation)
    {
        try
        {
            return (await store.ReadAsync(cancellation)).NodeName;
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.DatabaseUnreachable)
        {
            return live.Node?.Name ?? host.HostName;
        }
    }

    // Keeps the rows that stay, so that their unique index does not see a portal twice while it is being replaced.
    private static void Replace(List<Portal> portals, IReadOnlyList<PortalConfiguration> wanted)
    {
        portals.RemoveAll(p => !wanted.Contains(new PortalConfiguration(p.Address, p.Port)));
        foreach (var portal in wanted.Where(w => !portals.Exists(p => p.Address == w.Address && p.Port == w.Port)))
            portals.Add(new Portal { Address = portal.Address, Port = portal.Port });
    }

    private static SettingsView View(NodeConfiguration configuration) => new(
        configuration.NodeName,
        [.. configuration.Portals.Select(p => new PortalConfiguration(p.Address, p.Port)).OrderBy(PortalRule.Format, StringComparer.Ordinal)]);
}
