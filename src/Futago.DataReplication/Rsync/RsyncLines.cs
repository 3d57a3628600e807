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

    /// <param name="line">Called for each whole line. File names are bytes; Latin-1 keeps each of them as it is, and rsync escapes what is not printable.</param>
    /// <param name="progress">Called for the last line of progress that has come.</param>
    public static async Task ReadAsync(Stream from, Action<string> line, Action<string> progress)
    {
        var current = new StringBuilder();
        var buffer = new byte[BufferBytes];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            string? last = null;
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] is not ((byte)'\n' or (byte)'\r'))
                {
                    if (current.Length < LineMax)
                        current.Append((char)buffer[i]);
                    continue;
                }
                if (current.Length > 0 && buffer[i] == '\r')
                    last = current.ToString();
                else if (current.Length > 0)
                    line(current.ToString());
                current.Clear();
            }
            if (last is null)
                continue;
            progress(last);
            // Only when all that had come was read: rsync must not wait for room in its pipe.
            if (count < BufferBytes / 4)
                await Task.Delay(Pause);
        }
        if (current.Length > 0)
            line(current.ToString());
    }
}
