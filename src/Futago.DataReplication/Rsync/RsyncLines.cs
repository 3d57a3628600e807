using System.Text;

namespace Futago.DataReplication.Rsync;

/// <summary>
/// The lines that rsync prints. What follows a carriage return is progress, and nothing else is: rsync writes every control character of a
/// file name or message as <c>\#015</c> and the like, whatever bytes there are in it, so that no name can look like progress here.
/// <para>
/// A line of progress that was asked for by a signal comes right behind the name of the file that was sent last: <c>NAME LF CR progress LF</c>,
/// the two of them written in one go. The name is a line like any other and may read like a statistic or an error, so a line is held back until
/// the next one begins, and is dropped when that is progress.
/// </para>
/// </summary>
/// <param name="named">Progress comes behind a name, because it was asked for by a signal.</param>
/// <param name="line">Called for each whole line. File names are bytes; Latin-1 keeps each of them as it is, and rsync escapes what is not printable.</param>
internal sealed class RsyncLines(bool named, Action<string> line)
{
    private const int LineMax = 8192;

    private readonly StringBuilder _current = new();
    private bool _isProgress;
    private string? _held;

    /// <returns>The last line of progress that has ended; null when there is none.</returns>
    public string? Add(ReadOnlySpan<byte> bytes)
    {
        string? last = null;
        foreach (var value in bytes)
        {
            if (value is not ((byte)'\n' or (byte)'\r'))
            {
                if (_current.Length < LineMax)
                    _current.Append((char)value);
                continue;
            }
            if (_current.Length > 0)
            {
                if (_isProgress)
                    last = _current.ToString();
                else
                    Hold();
                _current.Clear();
            }
            _isProgress = value == '\r';
            if (_isProgress && named)
                _held = null;
        }
        return last;
    }

    /// <summary>The output has ended, perhaps in the middle of a line.</summary>
    public void End()
    {
        if (_current.Length > 0 && !_isProgress)
            Hold();
        if (_held is not null)
            line(_held);
        _held = null;
        _current.Clear();
    }

    private void Hold()
    {
        if (_held is not null)
            line(_held);
        _held = _current.ToString();
    }
}
