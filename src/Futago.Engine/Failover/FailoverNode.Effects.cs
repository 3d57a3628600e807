using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>What the decision wants, begun in its order. Nothing here waits.</summary>
internal sealed partial class FailoverNode
{
    private static readonly TimeSpan StoreAgain = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan WitnessLimit = TimeSpan.FromSeconds(1);

    private const long PathTag = 1L << 62;

    private int _probing;
    private long _nextPathPingMs;

    private void Perform(FailoverEffect effect)
    {
        switch (effect)
        {
            case SendHeartbeat s: SendHeartbeat(s); break;
            case SendPing p: _pinger.Send(_pingNodes[p.PingNode], p.SentMs); break;
            case AskWitness a: _ = Task.Run(() => AskAsync(a)); break;
            case Store s: _ = Task.Run(() => StoreAsync(s)); break;
            case RunStep s: _wanted.Writer.TryWrite((s, _mirror)); break;
            case Permit p: SetPermit(p.UntilMs); break;
            case ProbeVirtualIp: Probe(); break;
            case EndEngine e:
                LogEnds(_logger, e.Step);
                EndEngine();
                break;
            case StartResync:
                foreach (var id in _configuration.Replications)
                    _parts.Replications.TryGet(id)?.LookForPeer();
                break;
            case CommandDone d:
                if (_commands.TryRemove(d.Id, out var command))
                    command.TrySetResult(d.Result);
                break;
            case Notice n: OnNotice(n); break;
        }
    }

    private void SendHeartbeat(SendHeartbeat s)
    {
        var nowMs = BootClock.Instance.NowMs;
        _paths[s.Path].Send(s.Heartbeat, nowMs);
        if (nowMs < _nextPathPingMs)
            return;
        _nextPathPingMs = nowMs + _options.PingMs;
        // For people only: how fast a path is. The decision does not ask.
        for (var i = 0; i < _paths.Count; i++)
            _pinger.Send(System.Net.IPAddress.Parse(_configuration.Paths[i].PeerAddress), PathTag | (uint)i);
    }

    private void OnPingAnswered(System.Net.IPAddress from, long tag, TimeSpan roundTrip)
    {
        if ((tag & PathTag) != 0)
        {
            var path = (int)(tag & ~PathTag);
            if (path >= 0 && path < _pathRoundTrips.Length)
                _pathRoundTrips[path] = roundTrip.TotalMicroseconds;
            return;
        }
        var node = Array.IndexOf(_pingNodes, from);
        if (node < 0)
            return;
        _pingRoundTrips[node] = roundTrip.TotalMicroseconds;
        Post(new PingAnswered(node, tag));
    }

    /// <summary>Closed: first here. Open: first the guard, without whom nothing gets through anyway.</summary>
    private void SetPermit(long untilMs)
    {
        if (untilMs == 0)
            _gate.OpenUntil(0);
        _parts.Guard.Permit(untilMs);
        if (untilMs != 0)
            _gate.OpenUntil(untilMs);
    }

    private async Task AskAsync(AskWitness ask)
    {
        WitnessReply? reply = null;
        try
        {
            reply = _witness is null ? null : await _witness.AskAsync(ask.Request, WitnessLimit, _stopping.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The engine stops, or the answer was none: the question is answered in any case, or none would be asked again.
            LogNotAsked(_logger, e.Message);
        }
        Post(new WitnessAnswered(ask.Id, reply));
    }

    private async Task StoreAsync(Store store)
    {
        try
        {
            FailoverRecordStore.Save(_recordFile, store.Record);
            Post(new Stored(store.Id, Ok: true));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotStored(_logger, _recordFile, e.Message);
            // The decision wants it again at once; a disk that is full is asked a few times a second.
            await Task.WhenAny(Task.Delay(StoreAgain, _parts.Time, _stopping.Token));
            Post(new Stored(store.Id, Ok: false));
        }
    }

    private void Probe()
    {
        if (Interlocked.Exchange(ref _probing, 1) != 0)
            return;
        _ = Task.Run(async () =>
        {
            try
            {
                Post(new VirtualIpProbed(await ServiceProbe.IsAliveAsync(_portals, _stopping.Token)));
            }
            finally
            {
                Volatile.Write(ref _probing, 0);
            }
        });
    }

    /// <summary>Carries out the steps, one after the other; ends when no more can come.</summary>
    private async Task CarryOutAsync()
    {
        await foreach (var (step, mirror) in _wanted.Reader.ReadAllAsync())
        {
            if (_stopping.IsCancellationRequested)
                continue;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            limit.CancelAfter(_options.StepMs);
            if (step is null)
            {
                await LeaveOffAsync(limit.Token);
                continue;
            }
            var start = _parts.Time.GetTimestamp();
            string? error;
            try
            {
                error = await _steps.RunAsync(step, mirror, limit.Token);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogStepBroken(_logger, step.Step, e);
                error = e.Message;
            }
            var took = _parts.Time.GetElapsedTime(start);
            if (error is not null)
                ReportStep(step.Step, error);
            LogStep(_logger, step.Step, step.Term, took.TotalMilliseconds, error ?? "done");
            _history.AddStep(step.Step, took);
            if (step.Step == FailoverStep.OpenPort && error is null)
                _ = Task.Run(_initiators.TellAsync);
            Post(new StepDone(step.Id, error is null));
        }
    }

    private async Task LeaveOffAsync(CancellationToken cancellation)
    {
        try
        {
            await _steps.LeaveOffAsync(cancellation);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The volumes are tried again by their own loops; nobody becomes source in another term before.
            LogStepBroken(_logger, FailoverStep.Demote, e);
        }
    }

    [LoggerMessage(2511, LogLevel.Critical, "It cannot be shown that this node has stopped serving ({Step} failed twice); the engine ends")]
    private static partial void LogEnds(ILogger logger, FailoverStep step);

    [LoggerMessage(2512, LogLevel.Error, "The failover record {File} cannot be written: {Reason}")]
    private static partial void LogNotStored(ILogger logger, string file, string reason);

    [LoggerMessage(2515, LogLevel.Debug, "The witness was not asked: {Reason}")]
    private static partial void LogNotAsked(ILogger logger, string reason);

    [LoggerMessage(2513, LogLevel.Error, "The step {Step} failed because of an error in the program")]
    private static partial void LogStepBroken(ILogger logger, FailoverStep step, Exception exception);

    [LoggerMessage(2514, LogLevel.Information, "Failover step {Step} in term {Term}: {Milliseconds:0.0} ms, {Outcome}")]
    private static partial void LogStep(ILogger logger, FailoverStep step, ulong term, double milliseconds, string outcome);
}
