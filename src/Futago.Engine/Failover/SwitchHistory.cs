using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Failover;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Failover;

/// <summary>
/// The switches that this node took part in, with the time of each step, over restarts. A switch that the end of the engine cuts off
/// is not in it: the next one tells what came of it.
/// </summary>
internal sealed partial class SwitchHistory
{
    private const int SwitchesMaximum = 50;

    /// <summary>Steps of one switch; more than any has.</summary>
    private const int StepsMaximum = 32;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly List<FailoverStepTime> _steps = [];
    private IReadOnlyList<FailoverSwitch> _switches = [];
    private FailoverSwitch? _open;
    private Task _saving = Task.CompletedTask;

    public SwitchHistory(string file, TimeProvider time, ILogger logger)
    {
        (_file, _time, _logger) = (file, time, logger);
        try
        {
            // What cannot be read is lost; nothing depends on it.
            if (SealedDocument.Read<SwitchHistoryDocument>(file, SwitchHistoryDocument.CurrentVersion, EngineJson.Options, out var document) == SealedDocumentState.Good)
                _switches = document!.Switches;
        }
        catch (IOException e)
        {
            LogNotKept(logger, file, e.Message);
        }
    }

    /// <summary>Newest first; one that is under way first of all.</summary>
    public IReadOnlyList<FailoverSwitch> Switches
    {
        get
        {
            lock (_lock)
                return _open is { } open ? [open with { Steps = [.. _steps] }, .. _switches] : _switches;
        }
    }

    public void Begin(FailoverSwitchKind kind, bool automatic, ulong term, long? silenceMs)
    {
        lock (_lock)
        {
            _steps.Clear();
            _open = new FailoverSwitch(kind, automatic, term, _time.GetUtcNow(), null, silenceMs, [], null);
        }
    }

    public void AddStep(FailoverStep step, TimeSpan took)
    {
        lock (_lock)
        {
            if (_open is not null && _steps.Count < StepsMaximum)
                _steps.Add(new FailoverStepTime(step.ToString(), Math.Round(took.TotalMilliseconds, 1)));
        }
    }

    /// <param name="kind">Only one of this kind; null: any.</param>
    /// <returns>How long it took; null when none was under way.</returns>
    public TimeSpan? End(Problem? problem, FailoverSwitchKind? kind = null)
    {
        lock (_lock)
        {
            if (_open is not { } open || (kind is not null && open.Kind != kind))
                return null;
            var finished = _time.GetUtcNow();
            Add(open with { FinishedAt = finished, Steps = [.. _steps], Problem = problem });
            _open = null;
            return finished - open.StartedAt;
        }
    }

    /// <summary>Ends when what is known is on the disk, or could not be written.</summary>
    public Task SavedAsync()
    {
        lock (_lock)
            return _saving;
    }

    /// <summary>Nothing came of it.</summary>
    public void Forget()
    {
        lock (_lock)
            _open = null;
    }

    /// <summary>Something that takes no time.</summary>
    public void Note(FailoverSwitchKind kind, ulong term)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            Add(new FailoverSwitch(kind, true, term, now, now, null, [], null));
        }
    }

    private void Add(FailoverSwitch entry)
    {
        _switches = [entry, .. _switches.Take(SwitchesMaximum - 1)];
        var document = new SwitchHistoryDocument(SwitchHistoryDocument.CurrentVersion, _switches);
        _saving = _saving.ContinueWith(_ => Save(document), TaskScheduler.Default);
    }

    private void Save(SwitchHistoryDocument document)
    {
        try
        {
            SealedDocument.Write(_file, document, EngineJson.Options, FileMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(_logger, _file, e.Message);
        }
    }

    [LoggerMessage(2530, LogLevel.Warning, "The history of switches {File} cannot be read or written: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string file, string reason);
}
