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
