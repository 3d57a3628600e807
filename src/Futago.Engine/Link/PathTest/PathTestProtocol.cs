using System.Buffers;

namespace Futago.Engine.Link.PathTest;

/// <summary>The answering side of the path test. One test at a time, and none longer than a minute: it competes with the mirror.</summary>
internal sealed class PathTestProtocol : ILinkProtocol
{
    private static readonly TimeSpan DurationMaximum = TimeSpan.FromMinutes(1);

    /// <summary>Bulk data is read and written in pieces of this size.</summary>
    public const int PieceBytes = 256 << 10;

    private int _running;

    public string Name => PathTestFrame.ProtocolName;

    public async Task ServeAsync(LinkConnection connection, CancellationToken cancellation)
    {
        var stream = connection.Stream;
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            await stream.WriteAsync(new[] { PathTestFrame.Busy }, cancellation);
            return;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DurationMaximum);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            await stream.WriteAsync(new[] { PathTestFrame.Ready }, limit.Token);
            while (await AnswerAsync(stream, buffer, limit.Token))
            {
                // Until the asking side closes.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Volatile.Write(ref _running, 0);
        }
    }

    private static async Task<bool> AnswerAsync(Stream stream, byte[] buffer, CancellationToken cancellation)
    {
        var header = new byte[PathTestFrame.HeaderBytes];
        if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation) < header.Length)
            return false;
        if (!PathTestFrame.TryRead(header, out var frame))
            throw new IOException("The path test got a message that is none.");
        switch (frame.Operation)
        {
            case PathTestOperation.Echo:
                // Header and bytes in one record: a second one would be measured too.
                header.CopyTo(buffer, 0);
                await stream.ReadExactlyAsync(buffer.AsMemory(header.Length, frame.LengthBytes), cancellation);
                await stream.WriteAsync(buffer.AsMemory(0, header.Length + frame.LengthBytes), cancellation);
                break;
            case PathTestOperation.Take:
                await DiscardAsync(stream, buffer, frame.LengthBytes, cancellation);
                await stream.WriteAsync(header, cancellation);
                break;
            case PathTestOperation.Give:
                await stream.WriteAsync(header, cancellation);
                for (var left = frame.LengthBytes; left > 0; left -= PieceBytes)
                    await stream.WriteAsync(buffer.AsMemory(0, Math.Min(left, PieceBytes)), cancellation);
                break;
        }
        return true;
    }

    /// <summary>Reads that many bytes and forgets them.</summary>
    public static async Task DiscardAsync(Stream stream, byte[] buffer, int lengthBytes, CancellationToken cancellation)
    {
        for (var left = lengthBytes; left > 0;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(left, PieceBytes)), cancellation);
            if (read == 0)
                throw new EndOfStreamException("The path test ended in the middle of a message.");
            left -= read;
        }
    }
}
