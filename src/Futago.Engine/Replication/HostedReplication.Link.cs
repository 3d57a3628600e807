using Futago.Engine.Contracts;
using Futago.Engine.Link;
using Futago.Replication;

namespace Futago.Engine.Replication;

/// <summary>
/// The connection with the peer. The node with the higher id dials, the other answers: there is never a second connection to choose
/// from. What breaks is dialled again, at first at once, then in longer pauses.
/// </summary>
internal sealed partial class HostedReplication
{
    private static readonly TimeSpan PauseMinimum = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMaximum = TimeSpan.FromSeconds(3);

    /// <summary>A connection that held this long was a good one.</summary>
    private static readonly TimeSpan GoodConnection = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _redial = new(0, 1);
    private volatile CancellationTokenSource? _linkEnd;
    private Task _dialling = Task.CompletedTask;
    private volatile Problem? _linkProblem;
    private volatile LinkConnection? _connection;

    /// <summary>The peer has dialled; until the connection ends.</summary>
    public async Task AcceptAsync(LinkConnection connection, CancellationToken cancellation)
    {
        var (volume, end) = (_volume, _linkEnd);
        var answer = !_configuration.Started ? MirrorGreeting.Stopped : volume is null || end is null ? MirrorGreeting.NotOpen : MirrorGreeting.Welcome;
        await MirrorProtocol.AnswerAsync(connection, answer, cancellation);
        if (answer != MirrorGreeting.Welcome)
            return;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, end!.Token);
        await UseAsync(volume!, connection, both.Token);
    }

    private void AdjustLink(ReplicatedVolume volume)
    {
        var wanted = _configuration.Started;
        if (wanted && _linkEnd is null)
        {
            var end = new CancellationTokenSource();
            _linkEnd = end;
            _dialling = Task.Run(() => DialAsync(volume, end.Token));
        }
        else if (!wanted && _linkEnd is not null)
        {
            _ = StopLinkAsync();
        }
    }

    private async Task StopLinkAsync()
    {
        var end = _linkEnd;
        _linkEnd = null;
        if (end is null)
            return;
        await end.CancelAsync();
        await _dialling;
        _linkProblem = null;
    }

    private async Task UseAsync(ReplicatedVolume volume, LinkConnection connection, CancellationToken cancellation)
    {
        _linkProblem = null;
        _connection = connection;
        connection.Stream.Gathers = true;
        Wake();
        try
        {
            await volume.AttachAsync(connection.Stream, cancellation, MirrorProtocol.LeavesPayloadToTls(connection));
        }
        finally
        {
            if (ReferenceEquals(_connection, connection))
                _connection = null;
            Wake();
        }
    }

    private async Task DialAsync(ReplicatedVolume volume, CancellationToken cancellation)
    {
        var pause = PauseMinimum;
        while (!cancellation.IsCancellationRequested)
        {
            var start = _parts.Time.GetTimestamp();
            try
            {
                if (_parts.Link.Status.Peer is not { } peer)
                    _linkProblem = ReplicationProblems.NotPaired(TaskName);
                else if (_parts.Link.Identity.NodeId.CompareTo(peer.NodeId) > 0)
                    await DialOnceAsync(volume, cancellation);
                else if (_connection is null && _linkProblem is null)
                    _linkProblem = ReplicationProblems.PeerUnreachable(TaskName, "this node waits for the peer to connect", PhraseCodes.ReasonWaitsForPeer);
            }
            catch (Exception e) when (e is LinkException or IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
            {
                _linkProblem = ReplicationProblems.PeerUnreachable(TaskName, e.Message);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                _linkProblem = ReplicationProblems.PeerUnreachable(TaskName, "it does not answer", PhraseCodes.ReasonNoAnswer);
            }
            pause = _parts.Time.GetElapsedTime(start) > GoodConnection ? PauseMinimum : pause * 2 < PauseMaximum ? pause * 2 : PauseMaximum;
            try
            {
                if (await _redial.WaitAsync(pause, cancellation))
                    pause = PauseMinimum;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task DialOnceAsync(ReplicatedVolume volume, CancellationToken cancellation)
    {
        await using var connection = await _parts.Link.ConnectAsync(MirrorProtocol.ProtocolNames, cancellation);
        switch (await MirrorProtocol.GreetAsync(connection, _configuration.Id, cancellation))
        {
            case MirrorGreeting.Welcome:
                await UseAsync(volume, connection, cancellation);
                break;
            case MirrorGreeting.Stopped:
                _linkProblem = ReplicationProblems.Of(ProblemCodes.VolumeReplicationStopped, TaskName, "is stopped on the peer");
                break;
            case MirrorGreeting.NotOpen:
                _linkProblem = ReplicationProblems.PeerUnreachable(TaskName, "the peer cannot use its volume now", PhraseCodes.ReasonPeerVolumeClosed);
                break;
            default:
                _linkProblem = ReplicationProblems.Of(ProblemCodes.VolumeReplicationPeerUnknown, TaskName, "is not known on the peer");
                break;
        }
    }

    private void Redial()
    {
        try
        {
            _redial.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is going to dial anyway.
        }
    }
}
