using System.Buffers;
using System.Collections.Concurrent;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>
/// One connection that carries one volume's frames: a thread that reads, and one that writes. Small frames are gathered into one write; large
/// payloads go out from where they lie. <see cref="RunAsync"/> ends when nothing of the connection is read or sent any more: only then may
/// the memory of what was being sent be used for something else (I14).
/// </summary>
internal sealed class LinkSession(long id, Stream stream, BlockBufferPool pool, Action<Frame> received, byte version = FrameHeader.Version1) : IDisposable
{
    /// <summary>Frames up to this size are gathered; larger payloads are written by themselves.</summary>
    private const int GatherBytes = 256 << 10;
    private const int InlinePayloadBytes = 64 << 10;
    private const int LingerMs = 500;

    private readonly ConcurrentQueue<Frame> _toSend = new();
    private readonly WakeSignal _wake = new();
    private readonly SemaphoreSlim _returned = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
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

    /// <summary>Never blocks: what waits here is bounded by what the core has under way.</summary>
    public void Enqueue(Frame frame)
    {
        _toSend.Enqueue(frame);
        _wake.Set();
    }

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
    }

    public void Dispose()
    {
        _returned.Dispose();
        _closing.Dispose();
    }

    private static Task OnThreadAsync(Action work) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                work();
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or System.Net.Sockets.SocketException)
            {
                // The connection is over; the core is told so, and the two start again from what they know.
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Send()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(GatherBytes + FrameHeader.Bytes + FrameHeader.BodyMaximum);
        try
        {
            while (true)
            {
                _wake.Wait();
                _closing.Token.ThrowIfCancellationRequested();
                var filled = 0;
                while (_toSend.TryDequeue(out var frame))
                {
                    Interlocked.Increment(ref _sentFrames);
                    filled += Append(frame, buffer.AsSpan(filled), out var payload);
                    if (payload is { Length: <= InlinePayloadBytes } && filled + payload.Length <= GatherBytes)
                    {
                        payload.Span.CopyTo(buffer.AsSpan(filled));
                        filled += payload.Length;
                        payload = null;
                    }
                    if (payload is null && filled < GatherBytes / 2)
                        continue;
                    Write(buffer.AsSpan(0, filled));
                    filled = 0;
                    if (payload is not null)
                        Write(payload.Span);
                }
                if (filled > 0)
                    Write(buffer.AsSpan(0, filled));
                // The stream may gather too; nothing more comes before somebody asks for it.
                stream.Flush();
                if (_endAfterSending)
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        Interlocked.Add(ref _sentBytes, bytes.Length);
    }

    private int Append(Frame frame, Span<byte> to, out Payload? payload)
    {
        var body = new BodyWriter(to[FrameHeader.Bytes..]);
        (var type, payload) = MessageCodec.Write(frame.Message, ref body);
        var header = new FrameHeader(type, body.Length, payload?.Length ?? 0, frame.Number, frame.Term, 0);
        header.WriteTo(to, version);
        var crc = Crc32C.Append(Crc32C.Seed, to[..(FrameHeader.Bytes + body.Length)]);
        if (payload is not null && version == FrameHeader.Version1)
            crc = Crc32C.Append(crc, payload.Span);
        (header with { Checksum = Crc32C.Finish(crc) }).WriteTo(to, version);
        return FrameHeader.Bytes + body.Length;
    }

    private void Receive()
    {
        using var reader = new FrameReader(stream, pool, WaitForBuffer, version);
        while (true)
        {
            var frame = reader.Read();
            Interlocked.Exchange(ref _receivedBytes, reader.ReadBytes);
            Interlocked.Increment(ref _receivedFrames);
            received(frame);
        }
    }

    /// <summary>The budget for payloads is used up: nothing more is read until something comes back (TCP holds the peer).</summary>
    private void WaitForBuffer()
    {
        if (_returned.Wait(TimeSpan.FromMilliseconds(100), _closing.Token))
            Volatile.Write(ref _returnedPending, 0);
    }
}
