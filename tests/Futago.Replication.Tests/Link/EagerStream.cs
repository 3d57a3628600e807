using Futago.Blocks;

namespace Futago.Replication.Tests.Link;

/// <summary>Keeps what is written. Without waiting it takes a little of it only, or nothing, as a socket does that is nearly full.</summary>
internal sealed class EagerStream(Random random) : SequentialStream, IEagerStream
{
    private readonly MemoryStream _written = new();
    private readonly ManualResetEventSlim _closed = new();
    private int _writers;

    public int TakenAtOnce { get; private set; }

    public int TakenByWaiting { get; private set; }

    public bool TryWriteAndFlush(ref ReadOnlySpan<byte> bytes)
    {
        var count = random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length;
        Keep(bytes[..count]);
        bytes = bytes[count..];
        TakenAtOnce += count;
        return bytes.Length == 0 && random.Next(5) > 0;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Keep(buffer);
        TakenByWaiting += buffer.Length;
    }

    public override int Read(Span<byte> buffer)
    {
        _closed.Wait();
        return 0;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>After the session has ended.</summary>
    public byte[] ToArray() => _written.ToArray();

    protected override void Dispose(bool disposing)
    {
        _closed.Set();
        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(1, Interlocked.Increment(ref _writers));
        _written.Write(bytes);
        Interlocked.Decrement(ref _writers);
    }
}
