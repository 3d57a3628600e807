using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>What people ask for.</summary>
internal sealed partial class FailoverService
{
    /// <summary>A sync that is refused is refused at once.</summary>
    private static readonly TimeSpan SyncAnswer = TimeSpan.FromMilliseconds(500);

    private volatile FailoverCommandStatus? _command;

    /// <summary>Null while there is no failover.</summary>
    public FailoverStatus? Status
    {
        get
        {
            if (_node is { } node)
                return node.Status(_command);
            return Configured is { } c ? Waiting(c) : null;
        }
    }

    public async Task StartManagerAsync()
    {
        var view = Node.View;
        if (!view.Running)
        {
            // The decision would sort out two nodes that are not in sync; which of them has what people want to keep, they have to say before.
            if (!view.PeerVisible)
                throw Refuse(FailoverResult.PeerSilent);
            if (view.Mirror.Link != MirrorLink.InSync || view.Mirror.Data != DataState.UpToDate)
                throw Refuse(FailoverResult.NotInSync);
        }
        await RunAsync(FailoverCommandKind.Start, id => new SetRunning(id, Running: true));
    }

    public Task StopManagerAsync() => RunAsync(FailoverCommandKind.Stop, id => new SetRunning(id, Running: false));

    public Task SwitchAsync() => RunAsync(FailoverCommandKind.Switch, id => new SwitchOver(id));

    public Task FailBackAsync() => RunAsync(FailoverCommandKind.FailBack, id => new FailBack(id));

    public Task SetMaintenanceAsync(SetMaintenanceRequest request) => RunAsync(FailoverCommandKind.Maintenance, id => new SetMaintenance(id, request.On));

    public async Task SyncAsync()
    {
        var sync = RunAsync(FailoverCommandKind.Sync, id => new SyncVolumes(id));
        if (await Task.WhenAny(sync, Task.Delay(SyncAnswer, _parts.Time)) == sync)
            await sync;
        else
            _ = sync.ContinueWith(t => _ = t.Exception, TaskScheduler.Default);
    }

    /// <param name="nodeName">What has to be typed to confirm.</param>
    public async Task ServeAnywayAsync(ServeAnywayRequest request, string nodeName)
    {
        if (request.Confirm != nodeName)
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"To confirm, type the name exactly as it is: {nodeName}.", "confirm", ("name", nodeName));
        if (_damaged && request.Force)
            SetAsideRecord();
        var node = Node;
        await RunAsync(FailoverCommandKind.ServeAnyway, id =>
        {
            node.Force = request.Force;
            return new ServeAnyway(id, request.Force);
        });
    }

    public async Task<ProbeWitnessResult> ProbeWitnessAsync(ProbeWitnessRequest request)
    {
        if (FailoverValidator.ParseAddress(request.Address) is not { } address || request.Port is < 1 or > 65535)
            throw ProblemException.Invalid(ProblemCodes.AddressInvalid, $"“{request.Address}” with port {request.Port} is not an IP address with a port.", "address", ("address", request.Address ?? ""));
        var key = new byte[PairKey.Bytes + 1];
        if (request.Id == Guid.Empty || request.Key is null || !Convert.TryFromBase64String(request.Key, key, out var length) || length != PairKey.Bytes)
            throw ProblemException.Invalid(ProblemCodes.FailoverInvalid, "The failover's identifier or key is missing.", "key");
        var node = _parts.Link.Identity.NodeId;
        using var client = new WitnessClient(new System.Net.IPEndPoint(address, request.Port), new PairKey(key.AsSpan(0, length)), request.Id, node, BootClock.Instance, pinned: null);
        var reply = await client.AskAsync(new WitnessRequest(node, WitnessOperation.Query, 0, 0, false, false, 1000), TimeSpan.FromSeconds(5), CancellationToken.None);
        if (reply is null || client.PublicKey is not { } found)
        {
            var reason = client.LastError ?? "it does not answer";
            throw new ProblemException(
                new Problem(ProblemCodes.WitnessUnusable, reason, "address", new Dictionary<string, string> { ["address"] = $"{address}:{request.Port}", ["reason"] = reason }), 409);
        }
        return new ProbeWitnessResult(Convert.ToBase64String(found));
    }

    private FailoverNode Node => _node ?? throw (Configured is null
        ? ProblemException.NotFound(ProblemCodes.FailoverNotConfigured, "There is no failover on this node.")
        : Refuse(FailoverResult.Busy));

    private async Task RunAsync(FailoverCommandKind kind, Func<long, FailoverCommand> make)
    {
        var node = Node;
        var status = new FailoverCommandStatus(kind, _parts.Time.GetUtcNow(), null, null);
        _command = status;
        var problem = FailoverProblems.Of(await node.CommandAsync(make));
        // A later one may have taken its place.
        if (ReferenceEquals(_command, status))
            _command = status with { FinishedAt = _parts.Time.GetUtcNow(), Problem = problem };
        if (problem is not null)
            throw new ProblemException(problem, 409);
    }

    private static ProblemException Refuse(FailoverResult result) => new(FailoverProblems.Of(result)!, 409);

    /// <summary>An operator has decided: what this node promised is not known, so it begins with nothing, and as one that the peer may have left behind.</summary>
    private void SetAsideRecord()
    {
        lock (_lock)
        {
            if (!_damaged || _stopped || _configuration is not { Failover: { } failover } engine)
                return;
            var file = RecordFile(failover.Id);
            File.Move(file, $"{file}.damaged-{_parts.Time.GetUtcNow():yyyyMMddHHmmss}", overwrite: true);
            var record = FailoverRecord.New with { Mode = new PairMode(1, Running: true, Maintenance: false) };
            FailoverRecordStore.Save(file, record);
            _damaged = false;
            Begin(engine, record);
        }
    }

    /// <summary>Configured, and not begun: the record is damaged, or the engine has only just started.</summary>
    private FailoverStatus Waiting(FailoverConfiguration c) => new(
        c.Id, Running: true, Maintenance: false, c.IsPrimary, c.Policy, FailoverState.Passive,
        _damaged
            ? new Problem(ProblemCodes.FailoverPassiveNoAuthority, "The failover record of this node is damaged: what it promised to its peer is not known, so it serves nothing before an operator has decided.")
            : FailoverProblems.Of(PassiveReason.WaitingForPeer),
        FailoverProblems.Of(FailoverResult.NotActive), 0, false, Contracts.Replication.DataState.Unknown, null,
        [.. c.Paths.Select(p => new HeartbeatPathStatus(p.Nic, p.LocalAddress, p.PeerAddress, false, null, null, null))],
        [.. c.PingNodes.Select(p => new PingNodeStatus(p, false, null, null))],
        c.Witness is { } w ? new WitnessStatus(w.Address, w.Port, false, null) : null,
        [.. c.VirtualIps.Select(v => new VirtualIpStatus(v.Address, v.PrefixLength, v.Nic, _parts.Nics.Has(v.Address), null))],
        _command, _history.Switches);
}
