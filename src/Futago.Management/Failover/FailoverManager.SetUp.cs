using System.Security.Cryptography;
using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Node;
using Futago.Management.Pairing;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Failover;

/// <summary>
/// Changes of the definition. The peer takes each one over before this node does; in between this node remembers that it is not
/// certain whether the peer has it, so that nothing is half done without saying so.
/// </summary>
public sealed partial class FailoverManager
{
    private const int KeyBytes = 32;

    public Task<FailoverView> CreateAsync(FailoverChange request, CancellationToken cancellation = default) => ChangeAsync(request, create: true, cancellation);

    public Task<FailoverView> UpdateAsync(FailoverChange request, CancellationToken cancellation = default) => ChangeAsync(request, create: false, cancellation);

    public async Task<FailoverView> CopyTargetsAsync(CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var configuration = await store.ReadAsync(cancellation);
        var peer = PeerReplicationCalls.PeerOf(configuration);
        var pair = configuration.Failover ?? throw FailoverProblems.None();
        var targets = TargetDefinitions.Of(configuration, pair.Settings.Replications, protector);
        await AgreeAsync(actor, peer, pair, half.KeyOf(pair) ?? throw FailoverProblems.KeyLost(), new Agreement(pair.Settings, targets, FromPeer: false, Replace: true), ConsoleEventCodes.FailoverTargetsCopied,
            $"This node's definition of the failover and of its targets was copied to {peer.Name}.", cancellation);
        monitor.Wake();
        return await RefreshedAsync();
    }

    private async Task<FailoverView> ChangeAsync(FailoverChange request, bool create, CancellationToken cancellation)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        newVolumes.Forget();
        var set = await PrepareAsync(request, create, cancellation);
        if (set.Volumes.Count == 0)
            return await ApplyAsync(actor, set, cancellation);
        return await newVolumes.RunAsync(set.Volumes, set.Peer.Name, async () =>
        {
            // With the tasks that are there now.
            var tasks = (request.Tasks ?? TaskNames(set.Configuration, set.Pair.Settings)).Union(set.Volumes.Select(v => v.Task), StringComparer.Ordinal).ToList();
            return await ApplyAsync(actor, await PrepareAsync(request with { Tasks = tasks, NewVolumes = null }, create, CancellationToken.None), CancellationToken.None);
        });
    }

    /// <summary>All that can be refused, before anything is stored: is the peer there, does it understand, and is all as wanted?</summary>
    private async Task<SetUpDraft> PrepareAsync(FailoverChange request, bool create, CancellationToken cancellation)
    {
        var configuration = await store.ReadAsync(cancellation);
        var peer = PeerReplicationCalls.PeerOf(configuration);
        var present = configuration.Failover;
        if (create && present is { AgreedAt: not null })
            throw FailoverProblems.Exists();
        await RequireStoppedAsync(cancellation);
        var key = present is null ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) : half.KeyOf(present) ?? throw FailoverProblems.KeyLost();
        var pair = present ?? new FailoverPair
        {
            FailoverId = Guid.NewGuid(),
            ProtectedKey = protector.Protect(key),
            Settings = FailoverSettings.Empty,
            CreatedAt = time.GetUtcNow(),
        };
        var look = await LookAtPeerAsync(peer, Nothing, cancellation);
        CheckPeer(look, pair);
        var settings = await ResolveAsync(configuration, pair.Settings, request, look, pair.AgreedAt is null, endPoint => AskWitnessAsync(endPoint, pair.FailoverId, key, cancellation), cancellation);
        FailoverGuard.CheckWhole(configuration, settings);
        var volumes = request.NewVolumes is { Count: > 0 } wanted ? await newVolumes.CheckAsync(wanted, configuration, peer, settings, cancellation) : [];
        return new SetUpDraft(configuration, peer, pair, key, settings, volumes);
    }

    private async Task<FailoverView> ApplyAsync(Actor actor, SetUpDraft set, CancellationToken cancellation)
    {
        var (configuration, peer, pair, settings) = (set.Configuration, set.Peer, set.Pair, set.Settings);
        var agreement = await DefineTargetsAsync(configuration, peer, settings, cancellation);
        if (agreement.FromPeer)
        {
            // On the detached copy: better to hear now than half-way what is not possible here.
            TargetDefinitions.Apply(configuration, settings.Replications, agreement.Targets, replace: false, protector, time.GetUtcNow());
            FailoverGuard.CheckWhole(configuration, settings);
        }
        await AgreeAsync(actor, peer, pair, set.Key, agreement, pair.AgreedAt is null ? ConsoleEventCodes.FailoverCreated : ConsoleEventCodes.FailoverChanged,
            pair.AgreedAt is null ? $"The failover with {peer.Name} was created." : $"The failover with {peer.Name} was changed.", cancellation);
        monitor.Wake();
        return await RefreshedAsync();
    }

    /// <summary>Their shares stay where they are, so they take no part.</summary>
    private static HashSet<Guid?> NasVolumes(IEnumerable<VolumeInfo> volumes) => [.. volumes.Where(v => v.Type == VolumeType.Nas).Select(v => (Guid?)v.Id)];

    private static IEnumerable<string> TaskNames(NodeConfiguration configuration, FailoverSettings settings) =>
        configuration.VolumeReplications.Where(t => settings.Replications.Contains(t.Id)).Select(t => t.Name);

    private static void CheckPeer(FailoverLook look, FailoverPair pair)
    {
        if (look.Version != PeerFailoverProtocol.Version)
            throw PairProblems.OtherVersion($"{look.Version}", $"{PeerFailoverProtocol.Version}");
        if (look.Seal is { } seal && seal.Id != pair.FailoverId)
            throw FailoverProblems.ExistsAtPeer(look.Node);
        if (look.Running == true)
            throw FailoverProblems.Running();
    }

    /// <summary>What a change comes to, with the addresses of both nodes.</summary>
    private async Task<FailoverSettings> ResolveAsync(
        NodeConfiguration configuration, FailoverSettings before, FailoverChange request, FailoverLook look, bool isNew, Func<System.Net.IPEndPoint, Task<WitnessConfiguration>> askWitness, CancellationToken cancellation)
    {
        // What can be seen to be wrong is said before anybody is asked.
        var endPoint = string.IsNullOrWhiteSpace(request.Witness) ? null : FailoverRules.ReadWitness(request.Witness);
        var placeholder = endPoint is null ? null : new WitnessConfiguration(endPoint.Address.ToString(), endPoint.Port, "");
        var settings = FailoverRules.Apply(before, request, configuration, placeholder, isNew);
        var nas = NasVolumes(await engine.ListVolumesAsync(cancellation));
        if (configuration.VolumeReplications.Find(t => settings.Replications.Contains(t.Id) && nas.Contains(t.VolumeId)) is { } task)
            throw FailoverProblems.Nas(task.Name, task.Volume);
        IReadOnlyList<NicInfo> nics = settings is { VirtualIps.Count: 0, Auxiliaries.Count: 0, PingNodes.Count: 0 } ? [] : await engine.ListNicsAsync(cancellation);
        if (look.EngineProblem is { } problem && nics.Count > 0)
            throw new ProblemException(problem with { Detail = $"{look.Node} cannot do this now: {problem.Detail}" }, 503);
        var (here, peer) = (new NodeNics(configuration.NodeName, nics), new NodeNics(look.Node, look.Nics));
        FailoverRules.CheckAddresses(settings, here, peer);
        settings = settings with { Paths = FailoverPaths.Find(settings, here, peer) };
        return endPoint is null ? settings : settings with { Witness = await askWitness(endPoint) };
    }

    private async Task<WitnessConfiguration> AskWitnessAsync(System.Net.IPEndPoint endPoint, Guid id, string key, CancellationToken cancellation)
    {
        try
        {
            var answer = await engine.ProbeWitnessAsync(new ProbeWitnessRequest(endPoint.Address.ToString(), endPoint.Port, id, key), cancellation);
            return new WitnessConfiguration(endPoint.Address.ToString(), endPoint.Port, answer.PublicKey);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.WitnessUnusable)
        {
            throw new ProblemException(e.Problem with { Field = "witness" }, e.Status);
        }
    }

    // The targets of the node whose data counts are the ones that both get.
    private async Task<Agreement> DefineTargetsAsync(NodeConfiguration configuration, Peer peer, FailoverSettings settings, CancellationToken cancellation)
    {
        var fromPeer = FailoverRules.SourceHere(settings, configuration) == false;
        var targets = fromPeer
            ? await peers.AskConsoleAsync(peer, PeerReplicationCalls.Short, (console, token) =>
                console.Failover.TargetsAsync(new TargetQuery(PeerFailoverProtocol.Version, settings.Replications), token), cancellation)
            : TargetDefinitions.Of(configuration, settings.Replications, protector);
        return new Agreement(settings, targets, fromPeer, Replace: false);
    }

    private async Task AgreeAsync(Actor actor, Peer peer, FailoverPair pair, string key, Agreement agreement, string code, string text, CancellationToken cancellation)
    {
        var before = await BeginAsync(actor, pair, peer, cancellation);
        try
        {
            await AskAsync(peer, (console, token) => console.Failover.ProposeAsync(pair.FailoverId,
                new FailoverProposal(PeerFailoverProtocol.Version, agreement.Settings.Mirrored(), key, agreement.Targets, agreement.Replace), token), CancellationToken.None);
        }
        catch (ProblemException e) when (PeerReplicationCalls.IsRefusal(e))
        {
            await WithdrawAsync(actor, pair.FailoverId, before, e);
            throw;
        }
        var changed = await store.ChangeAsync(c =>
        {
            if (c.Failover is not { } stored || stored.FailoverId != pair.FailoverId)
                throw FailoverProblems.None();
            var old = stored.Settings;
            stored.Settings = agreement.Settings;
            stored.Unfinished = false;
            stored.AgreedAt ??= time.GetUtcNow();
            if (agreement.FromPeer)
                TargetDefinitions.Apply(c, agreement.Settings.Replications, agreement.Targets, replace: false, protector, time.GetUtcNow());
            FailoverGuard.CheckWhole(c);
            return audit.Entry(actor, code, c.NodeName, text, old, agreement.Settings, ("peer", peer.Name));
        }, CancellationToken.None);
        await publisher.PublishAsync(changed.Revision, CancellationToken.None);
        await refresh.TargetsAsync(CancellationToken.None);
    }

    /// <returns>Whether an earlier change was cut off already.</returns>
    private async Task<bool> BeginAsync(Actor actor, FailoverPair pair, Peer peer, CancellationToken cancellation)
    {
        var before = false;
        await store.ChangeAsync(c =>
        {
            if (c.Peer?.PairId != peer.PairId)
                throw PairProblems.NotPaired();
            if (c.Failover is { } other && other.FailoverId != pair.FailoverId)
                throw FailoverProblems.Exists();
            before = c.Failover?.Unfinished ?? false;
            if (before)
                return null;
            c.Failover ??= pair;
            c.Failover.Unfinished = true;
            return audit.Entry(actor, ConsoleEventCodes.FailoverBegun, c.NodeName, $"The failover is being agreed with {peer.Name}.", args: ("peer", peer.Name));
        }, cancellation);
        return before;
    }

    private async Task WithdrawAsync(Actor actor, Guid id, bool unfinishedBefore, ProblemException reason) => await store.ChangeAsync(c =>
    {
        if (c.Failover is not { } stored || stored.FailoverId != id || unfinishedBefore)
            return null;
        if (stored.AgreedAt is null)
            c.Failover = null;
        else
            stored.Unfinished = false;
        return audit.Entry(actor, ConsoleEventCodes.FailoverWithdrawn, c.NodeName, $"The change of the failover was refused: {reason.Message}", args: ("reason", reason.Message));
    }, CancellationToken.None);

    /// <param name="Volumes">To be made before; then <paramref name="Settings"/> are without them.</param>
    private sealed record SetUpDraft(NodeConfiguration Configuration, Peer Peer, FailoverPair Pair, string Key, FailoverSettings Settings, IReadOnlyList<NewVolume> Volumes);

    /// <param name="Targets">As both nodes are to have them.</param>
    /// <param name="FromPeer">They are the peer's, and this node gets those that it lacks.</param>
    private sealed record Agreement(FailoverSettings Settings, IReadOnlyList<TargetDefinition> Targets, bool FromPeer, bool Replace);
}
