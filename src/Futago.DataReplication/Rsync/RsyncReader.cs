namespace Futago.DataReplication.Rsync;

/// <summary>Reads one of rsync's outputs to its end.</summary>
internal static class RsyncReader
{
    private const int BufferBytes = 64 << 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// On a thread of its own: while that sleeps nothing wakes anybody, where a pipe that is read asynchronously reports each line that comes.
    /// Progress may come for each file, thousands of times in a second; only the last that has come is looked at, a few times in a second.
    /// </summary>
    /// <param name="progress">Called for the last line of progress that has come.</param>
    /// <param name="ended">rsync has ended: what is left is read without a pause.</param>
    public static Task ReadAsync(Stream from, RsyncLines lines, Action<string> progress, CancellationToken ended) =>
        Task.Factory.StartNew(() => Read(from, lines, progress, ended), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Read(Stream from, RsyncLines lines, Action<string> progress, CancellationToken ended)
    {
        var buffer = new byte[BufferBytes];
        for (int count; (count = from.Read(buffer)) > 0;)
        {
            if (lines.Add(buffer.AsSpan(0, count)) is not { } last)
                continue;
            progress(last);
            // Only when all that had come was read: rsync must not wait for room in its pipe.
            if (count < BufferBytes / 4)
                ended.WaitHandle.WaitOne(Pause);
        }
        lines.End();
    }
}
