using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Failover;
using ShownData = Futago.Engine.Contracts.Replication.DataState;

namespace Futago.Engine.Failover;

/// <summary>What people see of it: made after each event, read by anybody without waiting.</summary>
internal sealed partial class FailoverNode
{
    private readonly double?[] _pathRoundTrips;
    private readonly double?[] _pingRoundTrips;
    private volatile FailoverView _view;
    private DateTimeOffset? _heardAt;
    private ulong _heardSequence;

    public FailoverView View => _view;

    /// <param name="command">What a person asked for last.</param>
    public FailoverStatus Status(FailoverCommandStatus? command)
    {
        var v = _view;
        var c = _configuration;
        return new FailoverStatus(
            c.Id, v.Running, v.Maintenance, c.IsPrimary, c.Policy, (FailoverState)v.State,
            v.State == NodeState.Passive ? FailoverProblems.Of(v.Reason) : null,
            v.SwitchRefusal is { } refusal ? FailoverProblems.Of(refusal) : null,
            v.Term, v.FlapSuspended, Shown(v.Mirror.Data),
            v.Peer is { } p ? new FailoverPeerStatus(v.PeerVisible, v.HeardAt, (FailoverState)p.State, p.Term, Shown(p.Data), p.IsPrimary) : null,
            [.. _paths.Select((path, i) => new HeartbeatPathStatus(
                path.Configuration.Nic, path.Configuration.LocalAddress, path.Configuration.PeerAddress, v.PathsUp[i],
                v.PathsUp[i] && _pathRoundTrips[i] is { } trip ? Math.Round(trip, 0) : null, path.LossPercent,
                path.Error is { } error ? new Problem(ProblemCodes.FailoverPeerSilent, $"Heartbeats cannot be sent on {path.Configuration.LocalAddress}: {error}") : null))],
            [.. _pingNodes.Select((node, i) => new PingNodeStatus(
                node.ToString(), (v.PingsSeen >> i & 1) != 0, v.PeerVisible ? (v.Peer!.PingsSeen >> i & 1) != 0 : null,
                (v.PingsSeen >> i & 1) != 0 && _pingRoundTrips[i] is { } trip ? Math.Round(trip, 0) : null))],
            c.Witness is { } w ? new WitnessStatus(w.Address, w.Port, v.WitnessReachable, WitnessProblem(v)) : null,
            [.. c.VirtualIps.Select(ip => new VirtualIpStatus(ip.Address, ip.PrefixLength, ip.Nic, _parts.Nics.Has(ip.Address), _steps.Addresses.ProblemOf(ip.Address)))],
            command, _history.Switches);
    }

    private Problem? WitnessProblem(FailoverView v) => v.WitnessReachable || _witness is null ? null
        : new Problem(
            ProblemCodes.WitnessUnusable, _witness.LastError ?? "The witness was not asked yet.", null,
            new Dictionary<string, string> { ["address"] = WitnessAddress, ["reason"] = _witness.LastError ?? "" });

    private FailoverView MakeView()
    {
        if (_core.Peer is { } peer && peer.Sequence != _heardSequence)
            (_heardSequence, _heardAt) = (peer.Sequence, _parts.Time.GetUtcNow());
        RememberPeer();
        var paths = new bool[_paths.Count];
        for (var i = 0; i < paths.Length; i++)
            paths[i] = _core.PathUp(i);
        return new FailoverView(
            _core.Record.Mode.Running, _core.Record.Mode.Maintenance, _core.State, _core.Reason, _core.Term, _core.Mirror, _core.Peer, _core.PeerVisible,
            // To the second: a status that changes with every heartbeat would be sent with every heartbeat.
            _heardAt is { } at ? at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond)) : null,
            paths, _core.PingsSeen, _core.WitnessReachable, _core.SwitchRefusal, _core.IsFlapSuspended);
    }

    private static ShownData Shown(DataState data) => data switch
    {
        DataState.UpToDate => ShownData.UpToDate,
        DataState.Outdated => ShownData.Outdated,
        DataState.Inconsistent => ShownData.Inconsistent,
        DataState.Failed => ShownData.Failed,
        _ => ShownData.Diskless,
    };
}
