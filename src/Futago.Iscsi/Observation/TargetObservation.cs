using Futago.Iscsi.Session;

namespace Futago.Iscsi.Observation;

/// <summary>
/// What is known of a target's commands since it was started: the counters of its connections, those of connections that have
/// ended, what happened second by second, and the slow ones. The lock is for connections that come and go and for readers;
/// commands never take it.
/// </summary>
internal sealed class TargetObservation(TimeProvider time)
{
    /// <summary>Kinds of commands of initiators that are gone and are still told apart.</summary>
    private const int MaximumEnded = 4096;

    private readonly Lock _gate = new();
    private readonly List<ConnectionObservation> _live = [];
    private readonly Dictionary<(string Initiator, CommandKey Key), OperationCounters> _ended = [];
    private readonly LoadHistory _history = new(time);
    private readonly DateTimeOffset _since = time.GetUtcNow();

    public SlowCommands Slow { get; } = new();

    public ConnectionObservation Open(IscsiSession session, ushort cid)
    {
        var connection = new ConnectionObservation(session, cid, this, time);
        lock (_gate)
            _live.Add(connection);
        return connection;
    }

    public void Close(ConnectionObservation connection)
    {
        lock (_gate)
        {
            if (!_live.Remove(connection))
                return;
            foreach (var (key, counters) in connection.Counters.Entries)
                EndedOf(connection.Session.InitiatorName, key).Add(counters);
        }
    }

    /// <summary>Once a second.</summary>
    public void Sample()
    {
        lock (_gate)
            _history.Add(All(), Outstanding());
    }

    public TargetStatistics Snapshot(string name)
    {
        lock (_gate)
        {
            var sum = Sum();
            return new TargetStatistics(
                name,
                _since,
                time.GetUtcNow(),
                [.. sum.Select(entry => new CommandStatistics(entry.Key.Initiator, entry.Key.Key.Lun, entry.Key.Key.OperationCode, OperationStatistics.Of(entry.Value)))],
                [.. _live.Select(connection => connection.Session).Distinct().Select(session => new SessionLoad(
                    session.Id, session.InitiatorName, session.Window.Outstanding, session.Window.MaximumOutstanding, session.Window.Size, session.Aborted))],
                _history.List());
        }
    }

    /// <summary>The last commands of a session, oldest first; of all its connections.</summary>
    public IReadOnlyList<RecordedCommand> CommandsOf(IscsiSession session)
    {
        List<ConnectionObservation> connections;
        lock (_gate)
            connections = [.. _live.Where(connection => connection.Session == session)];
        return [.. connections.SelectMany(connection => connection.Commands()).OrderBy(command => command.ArrivedAt + command.Total)];
    }

    private Dictionary<(string Initiator, CommandKey Key), OperationCounters> Sum()
    {
        var sum = new Dictionary<(string, CommandKey), OperationCounters>();
        foreach (var (key, counters) in _ended)
            CountersOf(sum, key).Add(counters);
        foreach (var connection in _live)
        {
            foreach (var (key, counters) in connection.Counters.Entries)
                CountersOf(sum, (connection.Session.InitiatorName, key)).Add(counters);
        }
        return sum;
    }

    private IEnumerable<(CommandKey Key, OperationCounters Counters)> All()
    {
        foreach (var (key, counters) in _ended)
            yield return (key.Key, counters);
        foreach (var connection in _live)
        {
            foreach (var (key, counters) in connection.Counters.Entries)
                yield return (key, counters);
        }
    }

    private int Outstanding() => _live.Select(connection => connection.Session).Distinct().Sum(session => session.Window.Outstanding);

    private OperationCounters EndedOf(string initiator, CommandKey key)
    {
        if (_ended.Count >= MaximumEnded && !_ended.ContainsKey((initiator, key)))
            return CountersOf(_ended, ("", CommandKey.Other));
        return CountersOf(_ended, (initiator, key));
    }

    private static OperationCounters CountersOf(Dictionary<(string, CommandKey), OperationCounters> all, (string, CommandKey) key)
    {
        if (!all.TryGetValue(key, out var counters))
            all[key] = counters = new OperationCounters();
        return counters;
    }
}
