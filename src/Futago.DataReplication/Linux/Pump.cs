namespace Futago.DataReplication.Linux;

/// <summary>One direction between the network and an rsync, on a thread of its own: what waits most of the time wakes fastest there.</summary>
internal static class Pump
{
    private const int BufferBytes = 64 << 10;

    /// <summary>The list of some ten thousand files.</summary>
    private const long BytesInPieces = 2 << 20;

    /// <summary>Until <paramref name="from"/> ends. Whoever wants to end it before closes one of the two.</summary>
    /// <exception cref="IOException">One of the two is broken.</exception>
    /// <exception cref="ObjectDisposedException">One of the two was closed.</exception>
    public static Task CopyAsync(Stream from, Stream to) => StartAsync(() => Copy(from, to, long.MaxValue));

    /// <summary>
    /// The same into the pipe that a receiving rsync reads from. It sends its requests only when it has nothing more to read: a list that comes
    /// in one piece has both ends work in turn, one that comes in small pieces at the same time, which is a sixth of the time of a run that
    /// finds hardly anything changed. Each piece costs a change of processes, so there are no more than a short list needs: of a long one, and of
    /// files, enough is under way.
    /// </summary>
    /// <inheritdoc cref="CopyAsync"/>
    public static Task CopyToRsyncAsync(Stream from, Stream to) => StartAsync(() =>
    {
        PipeSize.Set(to, PipeSize.Piece);
        if (!Copy(from, to, BytesInPieces))
            return;
        PipeSize.Enlarge(to);
        Copy(from, to, long.MaxValue);
    });

    private static Task StartAsync(Action copy) => Task.Factory.StartNew(copy, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <returns>False when it has ended before so many bytes were copied.</returns>
    private static bool Copy(Stream from, Stream to, long bytes)
    {
        var buffer = new byte[BufferBytes];
        while (bytes > 0)
        {
            var count = from.Read(buffer);
            if (count == 0)
                return false;
            to.Write(buffer.AsSpan(0, count));
            to.Flush();
            bytes -= count;
        }
        return true;
    }
}
