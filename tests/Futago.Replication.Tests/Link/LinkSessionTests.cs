using System.Net;
using System.Net.Sockets;
using Futago.Blocks;

namespace Futago.Replication.Tests.Link;

/// <summary>Who sends what was queued, and how it ends.</summary>
public sealed class LinkSessionTests
{
    private const int Frames = 20_000;

    // Of the bodies, which FrameTests has.
    private const int PingBytes = 8;
    private const int WriteBytes = 26;

    private readonly BlockBufferPool _pool = new(64 << 20);

    /// <summary>Small and large frames, queued by one and kicked by many: each is there once, whole and in its order, whoever sent it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Frames_SentByWhoeverComes_KeepTheirOrder(int seed)
    {
        var stream = new EagerStream(new Random(seed));
        using var session = new LinkSession(1, stream, _pool, _ => { }, FrameHeader.Version2);
        var payload = new Payload(_pool.TryRent(200_000)!, 0, 200_000, null);
        var running = session.RunAsync();
        using var done = new CancellationTokenSource();
        var kicking = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                session.Kick();
        })).ToArray();

        var random = new Random(seed);
        long bytes = 0;
        for (var i = 1; i <= Frames; i++)
        {
            var length = random.Next(100) == 0 ? 200_000 : random.Next(4) == 0 ? 4096 : 0;
            bytes += FrameHeader.Bytes + (length == 0 ? PingBytes : WriteBytes + length);
            session.Enqueue(new Frame(i, 1, length == 0 ? new Ping(i) : new Write(i, BlockOperation.Write, 0, length, false, payload with { Length = length })));
            if (random.Next(3) == 0)
                session.Kick();
        }
        session.Kick();
        while (session.SentBytes < bytes)
            await Task.Delay(1);
        session.Close();
        await running;
        await done.CancelAsync();
        await Task.WhenAll(kicking);

        using var reader = new FrameReader(new MemoryStream(stream.ToArray()), _pool, () => Assert.Fail("no memory"), FrameHeader.Version2);
        for (var i = 1; i <= Frames; i++)
        {
            var frame = reader.Read();
            Assert.Equal(i, frame.Number);
            ((frame.Message as Write)?.Payload as Payload)?.Release();
        }
        Assert.Throws<EndOfStreamException>(() => reader.Read());
        Assert.True(stream.TakenAtOnce > 0 && stream.TakenByWaiting > 0);
        Assert.Equal(Frames, session.SentFrames);
        Assert.Equal(bytes, session.SentBytes);
    }

    [Fact]
    public async Task Frames_WithinABatch_LeaveAtItsEnd()
    {
        var stream = new RecordingStream();
        using var session = new LinkSession(1, stream, _pool, _ => { });
        using (CompletionBatch.Begin())
        {
            session.Enqueue(new Frame(1, 1, new Ready()));
            session.Kick();
            Assert.Equal(1, session.WaitingFrames);
        }
        var running = session.RunAsync();

        while (session.SentBytes == 0)
            await Task.Delay(1);
        session.Close();
        await running;

        Assert.Equal(1, session.SentFrames);
    }

    /// <summary>The other end takes nothing: what waits for room ends with the session, and nothing is sent from the memory afterwards (I14).</summary>
    [Fact]
    public async Task Close_WhileNothingIsTaken_Ends()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndPoint!);
        using var far = await listener.AcceptAsync();
        using var session = new LinkSession(1, new NetworkStream(near, ownsSocket: true), _pool, _ => { });
        var payload = new Payload(_pool.TryRent(1 << 20)!, 0, 1 << 20, null);
        var running = session.RunAsync();
        for (var i = 1; i <= 64; i++)
            session.Enqueue(new Frame(i, 1, new Write(i, BlockOperation.Write, 0, 1 << 20, false, payload)));

        session.Close();
        await running;

        Assert.True(session.SentBytes < 64L << 20);
    }
}
