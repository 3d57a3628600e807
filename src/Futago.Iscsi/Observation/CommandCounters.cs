namespace Futago.Iscsi.Observation;

/// <summary>
/// The counters of one connection, by LUN and operation code. Written by whoever sends for the connection, one thread at a time;
/// read by anybody. A kind of command allocates when it comes for the first time, and there is room for so many kinds only.
/// </summary>
internal sealed class CommandCounters
{
    /// <summary>Kinds of commands that are told apart.</summary>
    public const int MaximumKinds = 256;

    private volatile Entry[] _entries = [];
    private Entry? _last;

    public void Add(CommandKey key, long nanoseconds, bool failed, long bytesRead, long bytesWritten)
    {
        // Most commands are of the kind of the one before.
        var entry = _last;
        if (entry is null || entry.Key != key)
            _last = entry = Find(key);
        entry.Counters.Add(nanoseconds, failed, bytesRead, bytesWritten);
    }

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Of the writer: see <see cref="OperationCounters.Pack"/>.</summary>
    public void Pack()
    {
        foreach (var entry in _entries)
            entry.Counters.Pack();
    }

    private Entry Find(CommandKey key)
    {
        var entries = _entries;
        foreach (var entry in entries)
        {
            if (entry.Key == key)
                return entry;
        }
        if (entries.Length >= MaximumKinds && key != CommandKey.Other)
            return Find(CommandKey.Other);
        var added = new Entry(key, new OperationCounters());
        _entries = [.. entries, added];
        return added;
    }

    internal sealed record Entry(CommandKey Key, OperationCounters Counters);
}
