using Futago.Iscsi.Observation;
using Futago.Iscsi.Session;

namespace Futago.Iscsi;

/// <summary>Statistics, the last commands, captures. Nothing here waits for a command or makes one wait.</summary>
public sealed partial class IscsiServer
{
    /// <summary>Null when no such target is offered.</summary>
    public TargetStatistics? StatisticsOf(string targetName) => FindServed(targetName)?.Observation.Snapshot(targetName);

    /// <summary>Commands of a target that took at least as long, newest first; null when no such target is offered.</summary>
    /// <param name="threshold">What is shorter than 10 ms is not kept.</param>
    public IReadOnlyList<RecordedCommand>? SlowCommandsOf(string targetName, TimeSpan threshold) => FindServed(targetName)?.Observation.Slow.List(threshold);

    /// <summary>The last 256 commands that have ended on each connection of a session, oldest first; null when there is no such session.</summary>
    public IReadOnlyList<RecordedCommand>? CommandsOf(long sessionId) =>
        FindSession(sessionId) is { } session ? session.Target?.Observation.CommandsOf(session) ?? [] : null;

    /// <returns>Null when the capture has begun, otherwise why not.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public CaptureRefusal? StartCapture(long sessionId, CaptureOptions options)
    {
        options.Validate();
        return FindSession(sessionId) is { } session ? _captures.TryStart(session, options, out _) : CaptureRefusal.NoSession;
    }

    /// <summary>Null when there is none; those that are over stay for ten minutes, also when their session has ended.</summary>
    public CaptureStatus? CaptureOf(long sessionId) => _captures.Find(sessionId)?.Status;

    /// <summary>The capture so far, as a pcapng file.</summary>
    public byte[]? CaptureFileOf(long sessionId) => _captures.Find(sessionId)?.ToFile();

    /// <summary>Ends a capture and forgets it.</summary>
    public bool RemoveCapture(long sessionId)
    {
        if (FindSession(sessionId) is { } session)
            session.Capture = null;
        return _captures.Remove(sessionId);
    }

    private ServedTarget? FindServed(string name)
    {
        lock (_gate)
            return _targets.GetValueOrDefault(name);
    }

    private IscsiSession? FindSession(long id)
    {
        lock (_gate)
            return _sessions.Values.FirstOrDefault(session => session.Id == id && session.Visible);
    }
}
