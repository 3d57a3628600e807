using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Management.Access;
using Futago.Management.Node;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Failover;

/// <summary>Checks, and commands. The engines carry a command out on both nodes; consoles only pass it to the one that can.</summary>
public sealed partial class FailoverManager
{
    public async Task<FailoverChecks> CheckAsync(FailoverChange? draft = null, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(draft is null ? UserRole.Viewer : UserRole.Administrator);
        return await RunChecksAsync(await store.ReadAsync(cancellation), draft, cancellation);
    }

    public async Task<FailoverView> StartAsync(CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        var configuration = await store.ReadAsync(cancellation);
        if (configuration.Failover is null)
            throw FailoverProblems.None();
        var checks = await RunChecksAsync(configuration, null, cancellation);
        if (checks.Checks.FirstOrDefault(c => c.Level == CheckLevel.Error) is { } wrong)
            throw new ProblemException(wrong.Outcome, 409);
        // A push that was put off must come first: the engine starts what it knows.
        await publisher.PublishAsync(configuration.Revision, cancellation);
        await engine.StartFailoverAsync(CancellationToken.None);
        await audit.RecordAsync(actor, ConsoleEventCodes.FailoverStarted, configuration.NodeName, "The failover manager was started on both nodes.");
        return await RefreshedAsync();
    }

    public Task<FailoverView> StopAsync(CancellationToken cancellation = default) => HereAsync(UserRole.Operator, ConsoleEventCodes.FailoverStopped,
        "The failover manager was stopped on both nodes.", () => engine.StopFailoverAsync(CancellationToken.None), cancellation);

    public Task<FailoverView> SetMaintenanceAsync(FailoverMaintenance request, CancellationToken cancellation = default) => HereAsync(UserRole.Operator,
        request.On ? ConsoleEventCodes.FailoverMaintenanceOn : ConsoleEventCodes.FailoverMaintenanceOff,
        request.On ? "Maintenance mode was turned on: nothing switches by itself." : "Maintenance mode was turned off.",
        () => engine.SetFailoverMaintenanceAsync(new SetMaintenanceRequest(request.On), CancellationToken.None), cancellation);

    public async Task<FailoverView> ServeAnywayAsync(ServeAnyway request, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        CheckConfirmation((await store.ReadAsync(cancellation)).NodeName, request.Confirm);
        return await HereAsync(UserRole.Administrator, ConsoleEventCodes.FailoverServeAnyway,
            "A person said that the peer does not serve and made this node serve.",
            () => engine.ServeAnywayAsync(new ServeAnywayRequest(request.Confirm.Trim(), request.Force), CancellationToken.None), cancellation);
    }

    public Task<FailoverView> SwitchAsync(CancellationToken cancellation = default) => AtActiveAsync(UserRole.Administrator, ForwardedCommand.Switch, cancellation);

    public Task<FailoverView> FailBackAsync(CancellationToken cancellation = default) => AtActiveAsync(UserRole.Administrator, ForwardedCommand.FailBack, cancellation);

    public Task<FailoverView> SyncAsync(CancellationToken cancellation = default) => AtActiveAsync(UserRole.Operator, ForwardedCommand.Sync, cancellation);

    private async Task<FailoverView> HereAsync(UserRole role, string code, string text, Func<Task> command, CancellationToken cancellation)
    {
        var actor = await currentActor.RequireAsync(role);
        var configuration = await store.ReadAsync(cancellation);
        if (configuration.Failover is null)
            throw FailoverProblems.None();
        // To the end, also when whoever asked goes away: what it comes to is written down.
        await command();
        await audit.RecordAsync(actor, code, configuration.NodeName, text);
        return await RefreshedAsync();
    }

    private async Task<FailoverView> AtActiveAsync(UserRole role, ForwardedCommand command, CancellationToken cancellation)
    {
        await currentActor.RequireAsync(role);
        var configuration = await store.ReadAsync(cancellation);
        var pair = configuration.Failover ?? throw FailoverProblems.None();
        var (code, text) = FailoverCommands.Words(command);
        // From the engine itself: what was streamed may be from before a switch.
        var status = await engine.GetFailoverAsync(cancellation);
        if (status.State.IsActive() || status.Peer is not { Visible: true } seen || !seen.State.IsActive())
            return await HereAsync(role, code, text, () => FailoverCommands.RunAsync(engine, command), cancellation);
        var peer = PeerReplicationCalls.PeerOf(configuration);
        return await HereAsync(role, code, text, () => AskAsync(peer, (console, token) =>
            console.Failover.CommandAsync(pair.FailoverId, new FailoverCommandRequest(PeerFailoverProtocol.Version, command), token), CancellationToken.None), cancellation);
    }

    private async Task<FailoverChecks> RunChecksAsync(NodeConfiguration configuration, FailoverChange? draft, CancellationToken cancellation)
    {
        var pair = configuration.Failover;
        FailoverSettings? settings = pair?.Settings ?? FailoverSettings.Empty;
        Problem? settingsProblem = null;
        IReadOnlyList<NewVolume> volumes = [];
        FailoverLook? peerLook = null;
        Problem? peerProblem = null;
        if (configuration.Peer is { } peer)
        {
            try
            {
                if (draft is not null)
                {
                    var nics = await LookAtPeerAsync(peer, Nothing, cancellation);
                    try
                    {
                        settings = await ResolveAsync(configuration, settings, draft, nics, pair?.AgreedAt is null,
                            endPoint => Task.FromResult(new WitnessConfiguration(endPoint.Address.ToString(), endPoint.Port, "")), cancellation);
                        if (draft.NewVolumes is { Count: > 0 } wanted)
                            volumes = await newVolumes.CheckAsync(wanted, configuration, peer, settings, cancellation);
                    }
                    catch (ProblemException e)
                    {
                        (settingsProblem, settings) = (e.Problem, null);
                    }
                }
                peerLook = await LookAtPeerAsync(peer, Query((settings ?? FailoverSettings.Empty).Mirrored(), draft is not null), cancellation);
            }
            catch (ProblemException e)
            {
                peerProblem = e.Problem;
            }
        }
        var look = await looker.LookAsync(Query(settings ?? FailoverSettings.Empty, draft is not null), cancellation);
        return Preflight.Run(new PreflightInput(
            configuration.NodeName, configuration.Peer?.Name, settings, settingsProblem, look, peerLook, peerProblem,
            configuration.Peer is { } known ? monitor.StatusOf(known) : null, draft is not null, pair is not null, configuration.VolumeReplications.Exists(t => t.Agreed),
            pair is { Unfinished: true } or { AgreedAt: null }, volumes));
    }

    private static FailoverQuery Query(FailoverSettings settings, bool isDraft) => new(
        PeerFailoverProtocol.Version,
        settings.Replications,
        [.. settings.VirtualIps.Select(v => new ProbeAddressRequest(v.Nic, v.Address))],
        [.. settings.PingNodes.Concat(settings.Paths.Select(p => p.PeerAddress)).Distinct()],
        isDraft ? null : settings.Witness);
}
