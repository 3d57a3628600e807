using System.Buffers;
using System.Collections.Concurrent;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>
/// One connection that carries one volume's frames: a thread that reads, and one that writes. Small frames are gathered into one write; large
/// payloads go out from where they lie. <see cref="RunAsync"/> ends when nothing of the connection is read or sent any more: only then may
/// the memory of what was being sent be used for something else (I14).
/// <para>
/// Where the stream says how much goes without waiting, whoever has queued a little sends it itself: waking the thread for it would cost more. Of
/// those who could send one does (<see cref="_sender"/>), and looks again when it is done. What is large, or does not go, is the thread's.
/// </para>
/// </summary>
internal sealed class LinkSession(long id, Stream stream, BlockBufferPool pool, Action<Frame> received, byte version = FrameHeader.Version1)
    : ICompletionBatchEnd, IDisposable
{
    /// <summary>Frames up to this size are gathered; larger payloads are written by themselves.</summary>
    private const int GatherBytes = 256 << 10;
    private const int InlinePayloadBytes = 64 << 10;
    private const int LingerMs = 500;

    /// <summary>Who sends: nobody, one that has queued something, the thread, or nobody ever again.</summary>
    private const int Nobody = 0;
    private const int Passer = 1;
    private const int OwnThread = 2;
    private const int Over = 3;

    private readonly IEagerStream? _eager = stream as IEagerStream;
    private readonly ConcurrentQueue<Frame> _toSend = new();
    private readonly WakeSignal _wake = new();
    private readonly SemaphoreSlim _returned = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
    private int _sender;

    // Of who sends: bytes that are to be written, from where, what comes behind them, and what was taken from the queue after that.
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(GatherBytes + FrameHeader.Bytes + FrameHeader.BodyMaximum);
    private int _written;
    private int _filled;
    private Payload? _payload;
    private Frame? _next;

    private int _returnedPending;
    private volatile bool _endAfterSending;
    private long _sentBytes;
    private long _receivedBytes;
    private long _sentFrames;
    private long _receivedFrames;

    public long Id => id;

    public long SentBytes => Interlocked.Read(ref _sentBytes);

    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    public long SentFrames => Interlocked.Read(ref _sentFrames);

    public long ReceivedFrames => Interlocked.Read(ref _receivedFrames);

    /// <summary>Queued, and not yet given to the stream.</summary>
    public int WaitingFrames => _toSend.Count;

    /// <summary>To be sent with the next <see cref="Kick"/>. Never blocks: what waits here is bounded by what the core has under way.</summary>
    public void Enqueue(Frame frame)
    {
        _toSend.Enqueue(frame);
        // The thread may begin with it, for nobody else will send it.
        if (IsLarge(frame))
            PassOn();
    }

    /// <summary>Has what is queued sent; within a batch, once at its end. Never blocks.</summary>
    public void Kick()
    {
        if (!_toSend.IsEmpty && !CompletionBatch.TryDefer(this))
            PassOn();
    }

    void ICompletionBatchEnd.OnBatchEnded() => PassOn();

    /// <summary>A buffer went back to the pool: a receiver that waits for one looks again.</summary>
    public void BufferReturned()
    {
        // Asked first: releasing a semaphore that is full throws, and hardly anybody ever waits.
        if (Interlocked.Exchange(ref _returnedPending, 1) != 0)
            return;
        try
        {
            _returned.Release();
        }
        catch (ObjectDisposedException)
        {
            // The session is over.
        }
    }

    public void Close()
    {
        try
        {
            _closing.Cancel();
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // It is over already.
        }
    }

    /// <summary>Ends the connection when what was queued before is sent; a peer that does not take it is not waited for.</summary>
    public async Task CloseWhenSentAsync()
    {
        _endAfterSending = true;
        _wake.Set();
        try
        {
            await Task.Delay(LingerMs, _closing.Token);
            Close();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <summary>Until the connection ends, for whatever reason; never throws.</summary>
    public async Task RunAsync()
    {
        var closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onClosing = _closing.Token.Register(closing.SetResult);
        var sending = OnThreadAsync(Send);
        var receiving = OnThreadAsync(Receive);
        await Task.WhenAny(sending, receiving, closing.Task);
        await _closing.CancelAsync();
        _wake.Set();
        // Wakes whoever sits in a read or write.
        await stream.DisposeAsync();
        await Task.WhenAll(sending, receiving);
        // A passer does not wait for anything either.
        for (var spin = default(SpinWait); ; spin.SpinOnce())
        {
            var sender = Volatile.Read(ref _sender);
            if (sender != Passer && Interlocked.CompareExchange(ref _sender, Over, sender) == sender)
                break;
        }
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    public void Dispose()
    {
        _returned.Dispose();
        _closing.Dispose();
    }

    private static bool IsLarge(Frame frame) => MessageCodec.PayloadOf(frame.Message) is { Length: > InlinePayloadBytes };

    private static bool IsEnd(Exception e) =>
        e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or System.Net.Sockets.SocketException;

    private static Task OnThreadAsync(Action work) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                work();
            }
            catch (Exception e) when (IsEnd(e))
            {
                // The connection is over; the core is told so, and the two start again from what they know.
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void PassOn()
    {
        if (_eager is null)
        {
            _wake.Set();
            return;
        }
        while (!_toSend.IsEmpty && Interlocked.CompareExchange(ref _sender, Passer, Nobody) == Nobody)
        {
            if (!TrySend(_eager))
            {
                Volatile.Write(ref _sender, OwnThread);
                _wake.Set();
                return;
            }
            Interlocked.Exchange(ref _sender, Nobody);
            if (_endAfterSending)
                _wake.Set();
        }
    }

    /// <returns>False: the rest is the thread's.</returns>
    private bool TrySend(IEagerStream eager)
    {
        try
        {
            while (_filled < InlinePayloadBytes && _toSend.TryDequeue(out var frame))
            {
                if (IsLarge(frame))
                {
                    _next = frame;
                    return false;
                }
                Append(frame);
            }
            if (_payload is not null || _filled >= InlinePayloadBytes)
                return false;
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _filled);
            var gone = eager.TryWriteAndFlush(ref bytes);
            _written = _filled - bytes.Length;
            if (!gone)
                return false;
            Interlocked.Add(ref _sentBytes, _filled);
            (_written, _filled) = (0, 0);
            return true;
        }
        catch (Exception e) when (IsEnd(e))
        {
            Close();
            return false;
        }
    }

    private void Send()
    {
        while (true)
        {
            _wake.Wait();
            do
            {
                _closing.Token.ThrowIfCancellationRequested();
                // A passer looks again when it is done.
                if (Interlocked.CompareExchange(ref _sender, OwnThread, Nobody) == Passer)
                    break;
                SendAll();
                if (_endAfterSending)
                    return;
                Interlocked.Exchange(ref _sender, Nobody);
            }
            while (!_toSend.IsEmpty);
        }
    }

    private void SendAll()
    {
        while (true)
        {
            while (_payload is null && _filled < GatherBytes / 2 && TakeNext() is { } frame)
                Append(frame);
            if (_filled == 0)
                break;
            stream.Write(_buffer.AsSpan(_written, _filled - _written));
            if (_payload is not null)
                stream.Write(_payload.Span);
            Interlocked.Add(ref _sentBytes, _filled + (_payload?.Length ?? 0));
            (_written, _filled, _payload) = (0, 0, null);
        }
        // The stream may gather too; nothing more comes before somebody asks for it.
        stream.Flush();
    }

    private Frame? TakeNext()
    {
        if (_next is not { } next)
            return _toSend.TryDequeue(out var frame) ? frame : null;
        _next = null;
        return next;
    }

    private void Append(Frame frame)
    {
        Interlocked.Increment(ref _sentFrames);
        var to = _buffer.AsSpan(_filled);
        var body = new BodyWriter(to[FrameHeader.Bytes..]);
        var (type, payload) = MessageCodec.Write(frame.Message, ref body);
        var header = new FrameHeader(type, body.Length, payload?.Length ?? 0, frame.Number, frame.Term, 0);
        header.WriteTo(to, version);
        var crc = Crc32C.Append(Crc32C.Seed, to[..(FrameHeader.Bytes + body.Length)]);
        if (payload is not null && version == FrameHeader.Version1)
            crc = Crc32C.Append(crc, payload.Span);
        (header with { Checksum = Crc32C.Finish(crc) }).WriteTo(to, version);
        _filled += FrameHeader.Bytes + body.Length;
        if (payload is null)
            return;
        if (payload.Length > InlinePayloadBytes || _filled + payload.Length > GatherBytes)
        {
            _payload = payload;
            return;
        }
        payload.Span.CopyTo(_buffer.AsSpan(_filled));
        _filled += payload.Length;
    }

    private void Receive()
    {
        using var reader = new FrameReader(stream, pool, WaitForBuffer, version);
        while (true)
        {
            var frame = reader.Read();
            Interlocked.Exchange(ref _receivedBytes, reader.ReadBytes);
            // Answers to several leave together, as far as they are there at once; and so do those to whoever waits for them.
            using var batch = CompletionBatch.Begin();
            for (var next = frame; next is not null; next = reader.TryRead())
            {
                Interlocked.Increment(ref _receivedFrames);
                received(next);
            }
        }
    }

    /// <summary>The budget for payloads is used up: nothing more is read until something comes back (TCP holds the peer).</summary>
    private void WaitForBuffer()
    {
        if (_returned.Wait(TimeSpan.FromMilliseconds(100), _closing.Token))
            Volatile.Write(ref _returnedPending, 0);
    }
}
