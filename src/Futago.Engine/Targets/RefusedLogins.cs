using Futago.Engine.Contracts.Iscsi;

namespace Futago.Engine.Targets;

/// <summary>
/// Logins that were turned away, one entry per kind with a count: an initiator that tries every second must neither fill the
/// list nor the journal. The list is bounded; the entry that was quiet longest goes.
/// </summary>
internal sealed class RefusedLogins(TimeProvider time)
{
    public const int EntriesMaximum = 200;

    /// <summary>A kind that comes again after so long is news again.</summary>
    private static readonly TimeSpan NewsAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Address, string Initiator, string? Target, RefusalReason Reason), RefusedLogin> _entries = [];
    private long _lastId;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RefusedLogin> List()
    {
        lock (_lock)
            return [.. _entries.Values.OrderByDescending(e => e.LastAt).ThenByDescending(e => e.Id)];
    }

    /// <returns>True when it deserves an event.</returns>
    public bool Add(string address, string initiatorName, string? targetName, RefusalReason reason)
    {
        var now = time.GetUtcNow();
        var key = (address, initiatorName, targetName, reason);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var known))
            {
                _entries[key] = known with { LastAt = now, Count = known.Count == int.MaxValue ? known.Count : known.Count + 1 };
                return now - known.LastAt >= NewsAfter;
            }
            if (_entries.Count == EntriesMaximum)
                _entries.Remove(_entries.MinBy(e => e.Value.LastAt).Key);
            _entries[key] = new RefusedLogin(++_lastId, now, 1, address, initiatorName, targetName, reason);
            // A scan over many names or addresses is told of by the list; the journal keeps its first entries only.
            return _entries.Count < EntriesMaximum;
        }
    }
}
