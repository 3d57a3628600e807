using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;

namespace Futago.Management.DataReplication;

/// <summary>The data replication agent of this node: part of the configuration that is pushed to the engine.</summary>
public sealed class AgentManager(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    ISecretProtector protector,
    ICurrentActor currentActor,
    AuditLog audit) : IReplicationAgent
{
    public async Task<AgentView> GetAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await ViewAsync(await store.ReadAsync(cancellation), cancellation);
    }

    public async Task<AgentView> UpdateAsync(UpdateAgentRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var tls = request.TlsPort is { } t ? AgentRules.CheckPort(t, "tlsPort") : (int?)null;
        var plain = request.PlainPort is { } p and not 0 ? AgentRules.CheckPort(p, "plainPort") : request.PlainPort;
        var configuration = await store.ChangeAsync(c =>
        {
            var before = Summary(c);
            c.AgentEnabled = request.Enabled ?? c.AgentEnabled;
            c.AgentTlsPort = tls ?? c.AgentTlsPort;
            c.AgentPlainPort = plain is null ? c.AgentPlainPort : plain == 0 ? null : plain;
            if (c.AgentPlainPort == c.AgentTlsPort)
                throw ProblemException.Invalid(ProblemCodes.PortalInUse, "The two ports of the agent must differ.", "plainPort", ("portal", $"{c.AgentTlsPort}"));
            var after = Summary(c);
            return before.Equals(after)
                ? null
                : audit.Entry(actor, ConsoleEventCodes.AgentChanged, "agent", "The data replication agent was changed.", before, after);
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
        return await ViewAsync(configuration, cancellation);
    }

    public async Task<AgentShareView> SetShareAsync(string share, SetAgentShareRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var user = request.User is null ? null : AgentRules.CheckUser(request.User);
        var password = request.Password is null ? null : protector.Protect(AgentRules.CheckPassword(request.Password));
        var allowed = request.Allowed is null ? null : AgentRules.CheckAllowed(request.Allowed);
        var name = (await engine.ListSharesAsync(cancellation)).FirstOrDefault(s => string.Equals(s.Name, share, StringComparison.OrdinalIgnoreCase)) is { } found
            ? found.Snapshot is null ? found.Name : throw ProblemException.Invalid(ProblemCodes.ReplicationPathInvalid, $"The share {share} offers a snapshot, which cannot be written.", "share", ("path", share))
            : throw ProblemException.NotFound(ProblemCodes.ShareNotFound, $"There is no share {share} on this node.", ("share", share));
        AgentShare? changed = null;
        var configuration = await store.ChangeAsync(c =>
        {
            changed = c.AgentShares.Find(s => s.Share == name);
            if (changed is null)
            {
                changed = new AgentShare
                {
                    Share = name,
                    User = user ?? AgentRules.CheckUser(null),
                    ProtectedPassword = password ?? AgentRules.CheckPassword(null),
                    Allowed = allowed ?? AgentRules.CheckAllowed([]),
                };
                c.AgentShares.Add(changed);
            }
            else
            {
                changed.User = user ?? changed.User;
                changed.ProtectedPassword = password ?? changed.ProtectedPassword;
                changed.Allowed = allowed ?? changed.Allowed;
            }
            return audit.Entry(actor, ConsoleEventCodes.AgentShareSet, name, $"The share {name} uses data replication.", after: View(changed));
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
        return View(changed!);
    }

    public async Task RemoveShareAsync(string share, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var configuration = await store.ChangeAsync(c => c.AgentShares.RemoveAll(s => string.Equals(s.Share, share, StringComparison.OrdinalIgnoreCase)) == 0
            ? null
            : audit.Entry(actor, ConsoleEventCodes.AgentShareRemoved, share, $"The share {share} no longer uses data replication."), cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
    }

    private async Task<AgentView> ViewAsync(NodeConfiguration configuration, CancellationToken cancellation)
    {
        AgentStatus? status = null;
        try
        {
            status = await engine.GetAgentAsync(cancellation);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            // What is configured can be shown and changed all the same.
        }
        return new AgentView(
            configuration.AgentEnabled, configuration.AgentTlsPort, configuration.AgentPlainPort, status,
            [.. configuration.AgentShares.OrderBy(s => s.Share, StringComparer.Ordinal).Select(View)]);
    }

    private static AgentShareView View(AgentShare share) => new(share.Share, share.User, [.. share.Allowed]);

    private static object Summary(NodeConfiguration c) => new { c.AgentEnabled, c.AgentTlsPort, c.AgentPlainPort };
}
