using Futago.Scsi.Sense;

namespace Futago.Scsi.Sanitize;

/// <summary>
/// Whether the data of a unit is being destroyed, SBC-3 section 4.11: <c>none → under way → none | failed → under way | none</c>.
/// What was under way when the engine ended counts as failed. While it is not <c>none</c> the unit answers hardly anything.
/// </summary>
public sealed class SanitizeState
{
    private readonly ISanitizeStore? _store;
    private readonly Lock _gate = new();
    private volatile bool _blocked;
    private SanitizeRecord? _record;
    private Task? _work;
    private long _done;
    private long _total = 1;

    /// <param name="store">Where an operation that has begun is noted; without one, SANITIZE is not offered.</param>
    public SanitizeState(ISanitizeStore? store)
    {
        _store = store;
        _record = store?.Load();
        _blocked = _record is not null;
    }

    /// <summary>Raised on any thread when an operation has been noted and begins. Must not throw.</summary>
    public event Action? Started;

    internal bool IsOffered => _store is not null;

    /// <summary>Commands are refused. One volatile read; false nearly always.</summary>
    internal bool IsBlocked => _blocked;

    internal bool IsUnderWay
    {
        get
        {
            lock (_gate)
                return _work is { IsCompleted: false };
        }
    }

    /// <summary>What REQUEST SENSE and every refused command say.</summary>
    internal (SenseKey Key, AdditionalSense Code, SenseData.Details Details) Refusal => IsUnderWay
        ? (SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS, new SenseData.Details(Progress: Progress))
        : (SenseKey.MEDIUM_ERROR, AdditionalSense.SANITIZE_COMMAND_FAILED, default);

    private ushort Progress => (ushort)Math.Min(65535.0, 65536.0 * Interlocked.Read(ref _done) / Interlocked.Read(ref _total));

    /// <summary>Notes the operation durably, then starts it.</summary>
    /// <param name="work">The operation; false when it failed. Goes on whatever becomes of the command.</param>
    /// <returns>The running operation, or null when one is under way already.</returns>
    internal Task<bool>? TryStart(SanitizeRecord record, Func<Task<bool>> work)
    {
        lock (_gate)
        {
            if (_work is { IsCompleted: false })
                return null;
            // The store first: a unit that is half wiped must never look whole after a crash.
            _store!.Save(record);
            _record = record;
            SetProgress(0, 1);
            _blocked = true;
            Started?.Invoke();
            var run = Task.Run(() => RunAsync(work));
            _work = run;
            return run;
        }
    }

    /// <summary>SANITIZE EXIT FAILURE MODE.</summary>
    /// <returns>False when the failed operation did not allow that, or one is under way.</returns>
    internal bool TryExitFailure()
    {
        lock (_gate)
        {
            if (_work is { IsCompleted: false } || _record is { AllowsExit: false })
                return false;
            if (_record is not null)
                _store!.Save(null);
            _record = null;
            _blocked = false;
            return true;
        }
    }

    internal void SetProgress(long done, long total)
    {
        Interlocked.Exchange(ref _total, Math.Max(total, 1));
        Interlocked.Exchange(ref _done, done);
    }

    private async Task<bool> RunAsync(Func<Task<bool>> work)
    {
        if (!await work())
            return false;
        lock (_gate)
        {
            _store!.Save(null);
            _record = null;
            _blocked = false;
            return true;
        }
    }
}
