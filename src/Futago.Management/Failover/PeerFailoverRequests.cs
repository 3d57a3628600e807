using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;
using Futago.Management.Pairing;

namespace Futago.Management.Failover;

/// <summary>
/// What the peer may ask of this node about the failover. Everything that it sends is checked as if a stranger had sent it.
/// Changes are carried out one at a time and to the end, also when the peer does not wait.
/// </summary>
public sealed class PeerFailoverRequests(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    ILiveStatus live,
    LiveRefresh refresh,
    FailoverHalf half,
    FailoverLooker looker,
    ISecretProtector protector,
    AuditLog audit,
    TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public Task<FailoverLook> LookAsync(FailoverQuery query, CancellationToken cancellation) => looker.LookAsync(query, cancellation);

    public async Task<IReadOnlyList<TargetDefinition>> TargetsAsync(TargetQuery query, CancellationToken cancellation)
    {
        CheckVersion(query.Version);
        if (query.Replications is null or { Count: > FailoverSettings.ReplicationsMax })
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The question of the peer is not complete.");
        return TargetDefinitions.Of(await store.ReadAsync(cancellation), query.Replications, protector);
    }

    public Task ProposeAsync(Guid id, FailoverProposal proposal) => GuardedAsync(proposal.Version, async () =>
    {
        if (id == Guid.Empty)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The proposal of the peer is not complete.");
        var isRunning = await IsRunningAsync();
        var configuration = await store.ChangeAsync(c =>
        {
            if (c.Peer is null)
                throw PairProblems.NotPaired();
            FailoverRules.CheckProposal(proposal, c);
            if (c.Failover is { } other && other.FailoverId != id)
                throw FailoverProblems.ExistsAtPeer(c.NodeName);
            var before = c.Failover?.Settings;
            // The targets may be put right at any time, the rest only while nothing depends on it.
            if (isRunning && c.Failover is { } running && !SameSettings(running, proposal))
                throw FailoverProblems.Running();
            c.Failover ??= new FailoverPair { FailoverId = id, ProtectedKey = protector.Protect(proposal.Key), Settings = proposal.Settings, CreatedAt = time.GetUtcNow() };
            if (half.KeyOf(c.Failover) != proposal.Key)
                c.Failover.ProtectedKey = protector.Protect(proposal.Key);
            c.Failover.Settings = proposal.Settings;
            c.Failover.AgreedAt ??= time.GetUtcNow();
            c.Failover.Unfinished = false;
            var targets = TargetDefinitions.Apply(c, proposal.Settings.Replications, proposal.Targets, proposal.ReplaceTargets, protector, time.GetUtcNow());
            FailoverGuard.CheckWhole(c);
            return audit.Entry(ByPeer(c), before is null ? ConsoleEventCodes.FailoverCreated : ConsoleEventCodes.FailoverChanged, c.NodeName,
                $"{c.Peer.Name} {(before is null ? "created" : "changed")} the failover{(targets.Count > 0 ? $"; targets made or changed here: {string.Join(", ", targets)}" : "")}.",
                before, proposal.Settings, ("peer", c.Peer.Name), ("targets", string.Join(", ", targets)));
        });
        await publisher.PublishAsync(configuration.Revision);
        await refresh.TargetsAsync(CancellationToken.None);
    });

    public Task DeleteAsync(Guid id) => GuardedAsync(PeerFailoverProtocol.Version, async () =>
    {
        if (await IsRunningAsync())
            throw FailoverProblems.Running();
        var configuration = await store.ChangeAsync(c =>
        {
            // Gone already, or another one: either way not there.
            if (c.Failover?.FailoverId != id)
                return null;
            var before = c.Failover.Settings;
            c.Failover = null;
            return audit.Entry(ByPeer(c), ConsoleEventCodes.FailoverDeleted, c.NodeName, "The failover was deleted; targets and volumes stay.", before);
        });
        await publisher.PublishAsync(configuration.Revision);
    });

    public Task CommandAsync(Guid id, FailoverCommandRequest request) => GuardedAsync(request.Version, async () =>
    {
        var configuration = await store.ReadAsync();
        if (configuration.Failover?.FailoverId != id)
            throw FailoverProblems.None();
        await FailoverCommands.RunAsync(engine, request.Command);
        var (code, text) = FailoverCommands.Words(request.Command);
        await audit.RecordAsync(ByPeer(configuration), code, configuration.NodeName, text);
        await refresh.FailoverAsync(CancellationToken.None);
    });

    public void Dispose() => _gate.Dispose();

    /// <summary>As the engine says now: it was perhaps stopped a moment ago, through the peer.</summary>
    private async Task<bool> IsRunningAsync()
    {
        await refresh.FailoverAsync(CancellationToken.None);
        return live is { Connected: true, Failover.Running: true };
    }

    private static bool SameSettings(FailoverPair pair, FailoverProposal proposal) =>
        System.Text.Json.JsonSerializer.Serialize(pair.Settings, EngineJson.Options) == System.Text.Json.JsonSerializer.Serialize(proposal.Settings, EngineJson.Options);

    private static Actor ByPeer(NodeConfiguration configuration) => new($"{configuration.Peer?.Name ?? "peer"} (peer)", UserRole.Administrator);

    private static void CheckVersion(int version)
    {
        if (version != PeerFailoverProtocol.Version)
            throw PairProblems.OtherVersion($"{version}", $"{PeerFailoverProtocol.Version}");
    }

    private async Task GuardedAsync(int version, Func<Task> work)
    {
        CheckVersion(version);
        await _gate.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _gate.Release();
        }
    }
}
