namespace Futago.Replication;

/// <summary>The connection with the peer. Who connects, and how the peer is known, is decided outside.</summary>
public sealed partial class ReplicatedVolume
{
    private readonly Lock _linkGate = new();
    private LinkSession? _session;
    private Task? _linkTask;
    private long _lastSession;
    private readonly StageMeters _stages;

    /// <summary>
    /// Uses an authenticated connection with the peer until it ends; the stream is closed then. A connection that comes while
    /// another is there takes its place: the peer knows better that the old one is dead.
    /// </summary>
    /// <param name="stream">Read and written by calls that wait, on two threads; disposing of it ends both.</param>
    /// <param name="isAuthenticated">The stream itself proves that every byte is what the peer wrote: checksums of payloads are left out, at both ends.</param>
    public async Task AttachAsync(Stream stream, CancellationToken cancellation, bool isAuthenticated = false)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkSession session;
        Task? before;
        lock (_linkGate)
        {
            if (_closed)
            {
                stream.Dispose();
                return;
            }
            before = _linkTask;
            _session?.Close();
            var id = ++_lastSession;
            session = new LinkSession(id, stream, _options.Buffers, frame => OnFrame(id, frame), isAuthenticated ? FrameHeader.Version2 : FrameHeader.Version1);
            _linkTask = done.Task;
        }
        try
        {
            if (before is not null)
                await before;
            if (_closed)
                return;
            lock (_linkGate)
                _session = session;
            await using var _ = cancellation.Register(session.Close);
            // Counted together with what it does, so that whoever sees no connection has not counted this one.
            Post((Action)(() =>
            {
                if (_closed)
                    return;
                _connections++;
                Perform(_core.Step(new LinkUp(session.Id)));
            }));
            await session.RunAsync();
            Interlocked.Add(ref _sentBytes, session.SentBytes);
            Interlocked.Add(ref _receivedBytes, session.ReceivedBytes);
            Interlocked.Add(ref _sentFrames, session.SentFrames);
            Interlocked.Add(ref _receivedFrames, session.ReceivedFrames);
            lock (_linkGate)
                _session = null;
            Post(new LinkDown(session.Id));
        }
        finally
        {
            await stream.DisposeAsync();
            done.SetResult();
        }
    }

    private void SendFrame(Send send)
    {
        var session = _session;
        if (session is null || session.Id != send.Session)
            return;
        _stages.OnSent(send.Frame.Message);
        session.Enqueue(send.Frame);
    }

    private void OnFrame(long session, Frame frame)
    {
        _stages.OnReceived(frame.Message);
        Post(new Received(session, frame));
    }

    private void CloseSession(CloseLink close)
    {
        _lastClose = close.Reason.ToString();
        var session = _session;
        if (session is not null && session.Id == close.Session)
            // What was said last (a higher term, for example) still goes out.
            _ = session.CloseWhenSentAsync();
    }

    /// <summary>Time, and what resync and verify may use of it.</summary>
    private async Task RunTimerAsync()
    {
        var interval = TimeSpan.FromMilliseconds(100);
        using var timer = new PeriodicTimer(interval, _options.Time);
        var pacer = new ResyncPacer(interval);
        var start = _options.Time.GetTimestamp();
        try
        {
            do
            {
                Post(new Tick((long)_options.Time.GetElapsedTime(start).TotalMilliseconds));
                Post((Action)(() =>
                {
                    if (pacer.Refill(_core.BudgetBytes, _writes, ResyncLimit) is var bytes and not 0)
                        Perform(_core.Step(new ResyncBudget(bytes)));
                }));
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The volume is being closed.
        }
    }
}
