namespace Futago.DataReplication.Linux;

/// <summary>One direction between the network and an rsync, on a thread of its own: what waits most of the time wakes fastest there.</summary>
internal static class Pump
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Until <paramref name="from"/> ends. Whoever wants to end it before closes one of the two.</summary>
    /// <exception cref="IOException">One of the two is broken.</exception>
    /// <exception cref="ObjectDisposedException">One of the two was closed.</exception>
    public static Task CopyAsync(Stream from, Stream to) =>
        Task.Factory.StartNew(() => Copy(from, to), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>
    /// The same into the pipe that a receiving rsync reads from. It sends its requests only when it has nothing more to read: a list that comes
    /// in one piece has both ends work in turn, one that comes in small pieces at the same time, which is a sixth of the time of a run that
    /// finds hardly anything changed. While much is under way the pieces are large, for each costs a change of processes.
    /// </summary>
    /// <inheritdoc cref="CopyAsync"/>
    public static Task CopyToRsyncAsync(Stream from, Stream to) =>
        Task.Factory.StartNew(() => CopyToRsync(from, to), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void CopyToRsync(Stream from, Stream to)
    {
        var buffer = new byte[BufferBytes];
        var isBulk = false;
        PipeSize.Set(to, PipeSize.Piece);
        for (int count; (count = from.Read(buffer)) > 0;)
        {
            if ((count == buffer.Length) != isBulk)
            {
                isBulk = !isBulk;
                PipeSize.Set(to, isBulk ? PipeSize.Bulk : PipeSize.Piece);
            }
            to.Write(buffer.AsSpan(0, count));
            to.Flush();
        }
    }

    private static void Copy(Stream from, Stream to)
    {
        var buffer = new byte[BufferBytes];
        for (int count; (count = from.Read(buffer)) > 0;)
        {
            to.Write(buffer.AsSpan(0, count));
            to.Flush();
        }
    }
}
