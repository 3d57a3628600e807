using System.Text;

namespace Futago.DataReplication.Rsync;

/// <summary>
/// The lines that rsync prints. One that ends with a carriage return is progress, which the next one overwrites: rsync prints one for
/// each file, tens of thousands in a second, of which only the last that has come is looked at, a few times in a second.
/// </summary>
internal static class RsyncLines
{
    private const int LineMax = 8192;

    private const int BufferBytes = 64 << 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// On a thread of its own: while that sleeps nothing wakes anybody, where a pipe that is read asynchronously reports each line that comes.
    /// </summary>
    /// <param name="line">Called for each whole line. File names are bytes; Latin-1 keeps each of them as it is, and rsync escapes what is not printable.</param>
    /// <param name="progress">Called for the last line of progress that has come.</param>
    /// <param name="ended">rsync has ended: what is left is read without a pause.</param>
    public static Task ReadAsync(Stream from, Action<string> line, Action<string> progress, CancellationToken ended) =>
        Task.Factory.StartNew(() => Read(from, line, progress, ended), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Read(Stream from, Action<string> line, Action<string> progress, CancellationToken ended)
    {
        var current = new StringBuilder();
        var buffer = new byte[BufferBytes];
        for (int count; (count = from.Read(buffer)) > 0;)
        {
            if (Split(buffer.AsSpan(0, count), current, line) is not { } last)
                continue;
            progress(last);
            // Only when all that had come was read: rsync must not wait for room in its pipe.
            if (count < BufferBytes / 4)
                ended.WaitHandle.WaitOne(Pause);
        }
        if (current.Length > 0)
            line(current.ToString());
    }

    /// <param name="current">The line that has begun.</param>
    /// <returns>The last line of progress; null when there is none.</returns>
    private static string? Split(ReadOnlySpan<byte> bytes, StringBuilder current, Action<string> line)
    {
        string? last = null;
        foreach (var value in bytes)
        {
            if (value is not ((byte)'\n' or (byte)'\r'))
            {
                if (current.Length < LineMax)
                    current.Append((char)value);
                continue;
            }
            if (current.Length > 0 && value == '\r')
                last = current.ToString();
            else if (current.Length > 0)
                line(current.ToString());
            current.Clear();
        }
        return last;
    }
}
