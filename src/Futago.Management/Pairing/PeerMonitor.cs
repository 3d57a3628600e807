using System.Net;
using Futago.Console.Client.Events;
using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Failover;
using Futago.Management.Node;
using Microsoft.Extensions.Logging;

namespace Futago.Management.Pairing;

/// <summary>
/// Asks the peer's console every few seconds how it is: whether it can be reached, how far its clock is off, and what it has
/// changed about itself since the two were paired.
/// </summary>
public sealed partial class PeerMonitor(
    IPeerConnector connector,
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    FailoverHalf failover,
    AuditLog audit,
    TimeProvider time,
    ILogger<PeerMonitor> logger) : ILivePeer, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(4);

    /// <summary>The node that made the code stores the pair before the one that joins does.</summary>
    public static readonly TimeSpan PairingGrace = TimeSpan.FromSeconds(15);

    /// <summary>A single lost answer is not yet news.</summary>
    private const int FailuresBeforeUnreachable = 2;

    /// <summary>The best of the last minute counts: a busy moment delays an answer, and nothing makes one too fast.</summary>
    private const int SamplesKept = 12;

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Queue<ClockSample> _samples = new();
    private Watched? _watched;
    private int _failures;
    private Snapshot? _current;

    public event Action? Changed;

    public string? Name => Volatile.Read(ref _current)?.Name;

    public PeerStatus? Status => Volatile.Read(ref _current)?.Status;

    /// <summary>How that peer is; unknown as long as it has not been asked.</summary>
    public PeerStatus StatusOf(Peer peer) => Volatile.Read(ref _current) is { } current && current.PairId == peer.PairId
        ? current.Status
        : new PeerStatus(PeerState.Unknown, peer.PairedAt);

    /// <summary>Looks at once, because the pair has changed.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is going to look anyway.
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (ProblemException e) when (e.Problem.Code == ProblemCodes.DatabaseUnreachable)
            {
                // Without the database nothing is known about a peer; the next round looks again.
            }
            catch (Exception e)
            {
                LogFailed(logger, e);
            }
            try
            {
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                await Task.WhenAny(_wake.WaitAsync(pause.Token), Task.Delay(Interval, time, pause.Token));
                await pause.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>One round.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var peer = (await store.ReadAsync(cancellation)).Peer;
        if (peer is null)
        {
            Forget();
            return;
        }
        PeerReport report;
        ClockSample sample;
        try
        {
            (report, sample) = await AskAsync(Watch(peer), cancellation);
            if (report.PairId != peer.PairId)
                throw PairProblems.NotPaired();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await FailedAsync(peer, new Problem(ProblemCodes.PairUnreachable, $"{peer.Name} does not answer at {peer.Address}.", null,
                new Dictionary<string, string> { ["address"] = peer.Address }));
            return;
        }
        catch (ProblemException e)
        {
            await FailedAsync(peer, e.Problem);
            return;
        }
        await AnsweredAsync(peer, report, sample, cancellation);
    }

    public void Dispose()
    {
        _watched?.Console.Dispose();
        _wake.Dispose();
    }

    private async Task<(PeerReport Report, ClockSample Sample)> AskAsync(IPeerConsole console, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        var asked = time.GetUtcNow();
        var start = time.GetTimestamp();
        var report = await console.ReportAsync(limit.Token);
        return (report, ClockSample.Of(asked, time.GetElapsedTime(start), report.Time));
    }

    private async Task AnsweredAsync(Peer peer, PeerReport report, ClockSample sample, CancellationToken cancellation)
    {
        _failures = 0;
        _samples.Enqueue(sample);
        if (_samples.Count > SamplesKept)
            _samples.Dequeue();
        var best = _samples.MinBy(s => s.Uncertainty);
        var off = (best.Difference.Duration() - best.Uncertainty).TotalMilliseconds > PeerStatus.ClockLimitMilliseconds;
        await FollowAsync(peer, report, cancellation);
        await ReplaceAsync(peer, report.Name, new PeerStatus(
            PeerState.Reachable, default, null, report.Product, report.EngineRunning,
            Math.Round(best.Difference.TotalMilliseconds, 3), Math.Round(best.Uncertainty.TotalMilliseconds, 3), off, Compare(await store.ReadAsync(cancellation), report)));
    }

    private async Task FailedAsync(Peer peer, Problem problem)
    {
        var forgotten = problem.Code == ProblemCodes.PairNotPaired;
        if (forgotten && time.GetUtcNow() - peer.PairedAt < PairingGrace)
            return;
        _failures++;
        var before = Status;
        if (!forgotten && before is { State: PeerState.Reachable } && _failures < FailuresBeforeUnreachable)
            return;
        _samples.Clear();
        await ReplaceAsync(peer, peer.Name, new PeerStatus(
            forgotten ? PeerState.PairUnknown : PeerState.Unreachable, default, problem, before?.Version));
    }

    private Problem? Compare(NodeConfiguration configuration, PeerReport report)
    {
        // What was cut off is said by the failover itself.
        if (configuration.Failover is not { AgreedAt: not null, Unfinished: false })
            return null;
        var own = failover.SealOf(configuration);
        if (own is null)
            return FailoverProblems.KeyLost().Problem;
        if (report.Failover is not { } theirs || (theirs.Id, theirs.Settings) != (own.Id, own.Settings))
            return FailoverProblems.Differs(report.Name).Problem;
        return own.Targets.Length > 0 && own.Targets == theirs.Targets ? null : FailoverProblems.TargetsDiffer(report.Name).Problem;
    }

    // The peer may get another name or another replication network at any time; it is asked anyway, so it does not have to push.
    private async Task FollowAsync(Peer peer, PeerReport report, CancellationToken cancellation)
    {
        if ((peer.Name, peer.ReplicationAddress, peer.LinkPort) == (report.Name, report.ReplicationAddress, report.LinkPort) || !IsUsable(report))
            return;
        var configuration = await store.ChangeAsync(c =>
        {
            if (c.Peer?.PairId != peer.PairId)
                return null;
            c.Peer.Name = report.Name;
            c.Peer.ReplicationAddress = report.ReplicationAddress;
            c.Peer.LinkPort = report.LinkPort;
            return audit.Observation(EventSeverity.Info, ConsoleEventCodes.PeerChanged, report.Name,
                $"The peer is {report.Name} and takes replication at {report.ReplicationAddress ?? c.Peer.Address}, port {report.LinkPort}.",
                ("peer", report.Name), ("address", report.ReplicationAddress ?? c.Peer.Address), ("port", $"{report.LinkPort}"));
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
    }

    private static bool IsUsable(PeerReport report) => report.Name is not null && NodeNameRule.IsValid(report.Name) && report.LinkPort is >= 1 and <= 65535
        && (report.ReplicationAddress is null || StrictAddress.TryParse(report.ReplicationAddress, out _));

    private async Task ReplaceAsync(Peer peer, string name, PeerStatus status)
    {
        var before = Volatile.Read(ref _current);
        var same = before is not null && before.PairId == peer.PairId && before.Status.State == status.State;
        status = status with { Since = same ? before!.Status.Since : time.GetUtcNow() };
        Volatile.Write(ref _current, new Snapshot(peer.PairId, name, status));
        Changed?.Invoke();
        if (!same)
            await ReportStateAsync(name, status);
        if (status.State == PeerState.Reachable && status.ClockOff != (same && before!.Status.ClockOff))
            await ReportClockAsync(name, status);
        if (status.State == PeerState.Reachable && status.FailoverProblem?.Code != (before?.PairId == peer.PairId ? before.Status.FailoverProblem?.Code : null))
            await ReportFailoverAsync(name, status.FailoverProblem);
    }

    private Task ReportFailoverAsync(string name, Problem? problem) => problem is null
        ? audit.ObserveAsync(EventSeverity.Info, ConsoleEventCodes.FailoverAgrees, name, $"This node and {name} have the same definition of the failover again.", ("peer", name))
        : audit.ObserveAsync(EventSeverity.Warning, ConsoleEventCodes.FailoverDiffers, name, problem.Detail, ("peer", name), ("code", problem.Code));

    private Task ReportStateAsync(string name, PeerStatus status) => status.State == PeerState.Reachable
        ? audit.ObserveAsync(EventSeverity.Info, ConsoleEventCodes.PeerReachable, name, $"The peer {name} is reachable.", ("peer", name))
        : audit.ObserveAsync(EventSeverity.Warning, ConsoleEventCodes.PeerUnreachable, name, $"The peer {name} is not reachable: {status.Problem!.Detail}",
            ("peer", name), ("reason", status.Problem.Detail));

    private Task ReportClockAsync(string name, PeerStatus status)
    {
        var seconds = $"{status.ClockDifferenceMilliseconds / 1000:0.0}";
        return status.ClockOff
            ? audit.ObserveAsync(EventSeverity.Warning, ConsoleEventCodes.PeerClockOff, name, $"The clock of {name} differs from this node's by {seconds} s.", ("peer", name), ("seconds", seconds))
            : audit.ObserveAsync(EventSeverity.Info, ConsoleEventCodes.PeerClockGood, name, $"The clocks of this node and {name} agree again.", ("peer", name));
    }

    private IPeerConsole Watch(Peer peer)
    {
        var wanted = (peer.PairId, peer.Address, peer.ConsolePort, peer.ConsoleFingerprint);
        if (_watched is { } watched && watched.Key == wanted)
            return watched.Console;
        _watched?.Console.Dispose();
        _samples.Clear();
        _failures = 0;
        _watched = new Watched(wanted, connector.Connect(new IPEndPoint(IPAddress.Parse(peer.Address), peer.ConsolePort), peer.ConsoleFingerprint));
        return _watched.Console;
    }

    private void Forget()
    {
        _watched?.Console.Dispose();
        _watched = null;
        _samples.Clear();
        if (Interlocked.Exchange(ref _current, null) is not null)
            Changed?.Invoke();
    }

    private sealed record Watched((Guid, string, int, string) Key, IPeerConsole Console);

    private sealed record Snapshot(Guid PairId, string Name, PeerStatus Status);

    [LoggerMessage(1301, LogLevel.Error, "Looking after the peer failed; the next round follows")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
