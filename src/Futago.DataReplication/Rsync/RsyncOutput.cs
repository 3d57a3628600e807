using System.Text;

namespace Futago.DataReplication.Rsync;

/// <summary>What rsync printed, as far as it is kept: the beginning and the end of it, and the first errors.</summary>
public sealed class RsyncOutput
{
    /// <summary>In characters, of each of the two parts.</summary>
    private const int KeptMax = 64 << 10;
    private const int ErrorsMax = 20;
    private const int LineMax = 1000;
    private const int LastLinesMax = 40;

    private readonly Queue<string> _lastPrinted = new();
    private readonly Queue<string> _lastErrors = new();

    private readonly Lock _gate = new();
    private readonly StringBuilder _head = new();
    private readonly Queue<string> _tail = new();
    private readonly List<string> _errors = [];
    private int _tailLength;
    private bool _cut;

    /// <summary>The first lines of standard error.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_gate)
                return [.. _errors];
        }
    }

    /// <summary>The last lines of standard output since <see cref="BeginAttempt"/>, where the statistics are.</summary>
    public IReadOnlyList<string> LastPrinted
    {
        get
        {
            lock (_gate)
                return [.. _lastPrinted];
        }
    }

    /// <summary>The last lines of standard error since <see cref="BeginAttempt"/>: rsync says at its end why it ended.</summary>
    public IReadOnlyList<string> LastErrors
    {
        get
        {
            lock (_gate)
                return [.. _lastErrors];
        }
    }

    public string Text
    {
        get
        {
            lock (_gate)
                return _tail.Count == 0 ? _head.ToString() : $"{_head}{(_cut ? "[…]\n" : "")}{string.Join('\n', _tail)}\n";
        }
    }

    /// <summary>What an earlier rsync printed says nothing of the next one.</summary>
    public void BeginAttempt()
    {
        lock (_gate)
        {
            _lastPrinted.Clear();
            _lastErrors.Clear();
        }
    }

    public void Add(string line, bool error)
    {
        var kept = line.Length > LineMax ? line[..LineMax] + "…" : line;
        lock (_gate)
        {
            var last = error ? _lastErrors : _lastPrinted;
            last.Enqueue(kept);
            if (last.Count > LastLinesMax)
                last.Dequeue();
            if (error && _errors.Count < ErrorsMax)
                _errors.Add(kept);
            if (_head.Length + kept.Length < KeptMax && _tail.Count == 0)
            {
                _head.Append(kept).Append('\n');
                return;
            }
            _tail.Enqueue(kept);
            for (_tailLength += kept.Length; _tailLength > KeptMax; _cut = true)
                _tailLength -= _tail.Dequeue().Length;
        }
    }
}
