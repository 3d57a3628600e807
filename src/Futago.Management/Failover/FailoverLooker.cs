using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Engine;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>Looks how things are on this node, for itself or for the peer.</summary>
public sealed class FailoverLooker(IConfigurationStore store, EngineClient engine, ILiveStatus live, LiveRefresh refresh, FailoverHalf half, HostIdentity host)
{
    private const int PingsAtOnce = 16;
    private const int PingsMax = 2 * PingsAtOnce;

    public async Task<FailoverLook> LookAsync(FailoverQuery query, CancellationToken cancellation)
    {
        Check(query);
        var configuration = await store.ReadAsync(cancellation);
        // The engines may have stopped, started or switched just now, and only they know yet.
        await refresh.FailoverAsync(cancellation);
        var (nics, problem) = await TryAsync<IReadOnlyList<NicInfo>>(() => engine.ListNicsAsync(cancellation), []);
        var (volumes, _) = await TryAsync(() => engine.ListVolumesAsync(cancellation), live.Volumes);
        var (groups, _) = await TryAsync(() => engine.ListGroupsAsync(cancellation), live.Groups);
        return new FailoverLook(
            PeerFailoverProtocol.Version,
            configuration.NodeName,
            host.Version,
            half.SealOf(configuration),
            nics,
            [.. configuration.VolumeReplications.Where(t => query.Replications.Contains(t.Id)).Select(t => Replication(t, volumes, groups))],
            Targets(configuration, query.Replications),
            problem is null ? await ProbeAsync(query.Probe, cancellation) : [],
            problem is null ? await PingAsync(query.Ping, cancellation) : [],
            problem is null && query.Witness is { } witness ? await AskWitnessAsync(configuration, witness, cancellation) : null,
            live.Connected ? live.Failover?.Running : null,
            problem);
    }

    private static void Check(FailoverQuery query)
    {
        if (query.Version != PeerFailoverProtocol.Version)
            throw Pairing.PairProblems.OtherVersion($"{query.Version}", $"{PeerFailoverProtocol.Version}");
        if (query.Replications is null or { Count: > FailoverSettings.ReplicationsMax } || query.Probe is null or { Count: > FailoverSettings.VirtualIpsMax } || query.Ping is null or { Count: > PingsMax })
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The question of the peer is not complete.");
    }

    private ReplicationLook Replication(VolumeReplication.VolumeReplicationTask task, IReadOnlyList<VolumeInfo> volumes, IReadOnlyList<GroupInfo> groups)
    {
        var volume = volumes.FirstOrDefault(v => v.Id == task.VolumeId);
        var group = groups.FirstOrDefault(g => g.Name == volume?.Group);
        var status = live.Connected ? live.Replications.FirstOrDefault(r => r.Id == task.Id) : null;
        return new ReplicationLook(
            task.Id, task.Name, volume?.Path, task.Agreed, task.Started, status?.Role ?? task.Role, volume?.SizeBytes,
            status?.Connection, status?.Data, status?.PeerData, group?.Name, group?.SizeBytes, group?.Space.Free);
    }

    private static IReadOnlyList<TargetLook> Targets(NodeConfiguration configuration, IReadOnlyList<Guid> replications)
    {
        var volumes = TargetDefinitions.VolumesOf(configuration, replications);
        return
        [
            .. TargetDefinitions.TargetsOn(configuration, replications).Select(t => new TargetLook(t.Name, t.Started,
                [.. t.Luns.OrderBy(l => l.Number).Select(l => new LunLook(l.Number, l.ScsiId, volumes.ContainsKey(l.VolumeId), l.ReadOnly, l.WriteBack))])),
        ];
    }

    private async Task<IReadOnlyList<ProbeLook>> ProbeAsync(IReadOnlyList<ProbeAddressRequest> requests, CancellationToken cancellation) => await Task.WhenAll(requests.Select(async request =>
    {
        var (result, problem) = await TryAsync<ProbeAddressResult?>(async () => await engine.ProbeAddressAsync(request, cancellation), null);
        return new ProbeLook(request.Nic, request.Address, result, problem);
    }));

    private async Task<IReadOnlyList<PingResult>> PingAsync(IReadOnlyList<string> addresses, CancellationToken cancellation)
    {
        var parts = await Task.WhenAll(addresses.Chunk(PingsAtOnce).Select(async part =>
            (await TryAsync<IReadOnlyList<PingResult>>(() => engine.PingAsync(new PingRequest(part), cancellation), [])).Answer));
        return [.. parts.SelectMany(p => p)];
    }

    private async Task<WitnessLook?> AskWitnessAsync(NodeConfiguration configuration, WitnessConfiguration witness, CancellationToken cancellation)
    {
        if (configuration.Failover is not { } pair || half.KeyOf(pair) is not { } key)
            return null;
        var (answer, problem) = await TryAsync<ProbeWitnessResult?>(
            async () => await engine.ProbeWitnessAsync(new ProbeWitnessRequest(witness.Address, witness.Port, pair.FailoverId, key), cancellation), null);
        return new WitnessLook(answer?.PublicKey, problem);
    }

    // What one question comes to must not keep the others from being answered.
    private static async Task<(T Answer, Problem? Problem)> TryAsync<T>(Func<Task<T>> ask, T otherwise)
    {
        try
        {
            return (await ask(), null);
        }
        catch (ProblemException e)
        {
            return (otherwise, e.Problem);
        }
    }
}
