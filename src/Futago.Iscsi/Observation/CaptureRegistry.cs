using Futago.Iscsi.Session;

namespace Futago.Iscsi.Observation;

/// <summary>The captures of a server: those that run, and those that are over and wait for a while to be fetched.</summary>
internal sealed class CaptureRegistry(TimeProvider time)
{
    /// <summary>Captures in memory at once.</summary>
    private const int Maximum = 4;

    private static readonly TimeSpan _keptAfterwards = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, SessionCapture> _captures = [];

    /// <summary>Begins anew when the session has a capture that is over.</summary>
    public CaptureRefusal? TryStart(IscsiSession session, CaptureOptions options, out SessionCapture? capture)
    {
        capture = null;
        lock (_gate)
        {
            DropOldLocked();
            if (_captures.TryGetValue(session.Id, out var before) && !before.IsOver)
                return CaptureRefusal.AlreadyRunning;
            if (before is null && _captures.Count >= Maximum)
                return CaptureRefusal.TooMany;
            _captures[session.Id] = capture = new SessionCapture(session, options, time);
            session.Capture = capture;
            return null;
        }
    }

    public SessionCapture? Find(long sessionId)
    {
        lock (_gate)
        {
            DropOldLocked();
            return _captures.GetValueOrDefault(sessionId);
        }
    }

    /// <returns>False when there is none.</returns>
    public bool Remove(long sessionId)
    {
        lock (_gate)
        {
            if (!_captures.Remove(sessionId, out var capture))
                return false;
            capture.Stop();
            return true;
        }
    }

    /// <summary>Called now and then: a capture that nobody fetches must not stay.</summary>
    public void DropOld()
    {
        lock (_gate)
            DropOldLocked();
    }

    private void DropOldLocked()
    {
        var limit = time.GetUtcNow() - _keptAfterwards;
        foreach (var (id, _) in _captures.Where(c => c.Value.IsOver && c.Value.Status.EndsAt < limit).ToList())
            _captures.Remove(id);
    }
}
