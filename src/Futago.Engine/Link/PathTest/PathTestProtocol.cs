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
            await stream.OnThreadAsync(
                () =>
                {
                    while (Answer(stream, buffer))
                    {
                        // Until the asking side closes.
                    }
                },
                limit.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Volatile.Write(ref _running, 0);
        }
    }

    private static bool Answer(Stream stream, byte[] buffer)
    {
        var header = new byte[PathTestFrame.HeaderBytes];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            return false;
        if (!PathTestFrame.TryRead(header, out var frame))
            throw new IOException("The path test got a message that is none.");
        switch (frame.Operation)
        {
            case PathTestOperation.Echo:
                // Header and bytes in one record: a second one would be measured too.
                header.CopyTo(buffer, 0);
                stream.ReadExactly(buffer.AsSpan(header.Length, frame.LengthBytes));
                stream.Write(buffer.AsSpan(0, header.Length + frame.LengthBytes));
                break;
            case PathTestOperation.Take:
                Discard(stream, buffer, frame.LengthBytes);
                stream.Write(header);
                break;
            case PathTestOperation.Give:
                stream.Write(header);
                for (var left = frame.LengthBytes; left > 0; left -= PieceBytes)
                    stream.Write(buffer.AsSpan(0, Math.Min(left, PieceBytes)));
                break;
        }
        return true;
    }

    /// <summary>Reads that many bytes and forgets them.</summary>
    public static void Discard(Stream stream, byte[] buffer, int lengthBytes)
    {
        for (var left = lengthBytes; left > 0;)
        {
            var read = stream.Read(buffer.AsSpan(0, Math.Min(left, PieceBytes)));
            if (read == 0)
                throw new EndOfStreamException("The path test ended in the middle of a message.");
            left -= read;
        }
    }
}
