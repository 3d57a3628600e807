using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Copy;

/// <summary>One copy as RECEIVE COPY RESULTS tells of it: under way, or how it ended.</summary>
/// <param name="unit">Unit that was asked for the copy.</param>
/// <param name="serviceAction">Of the command that started it.</param>
internal sealed class CopyOperation(LogicalUnit unit, int serviceAction)
{
    private long _copiedBytes;
    private int _segments;
    private volatile bool _cancelled;
    private volatile bool _finished;

    public LogicalUnit Unit => unit;

    public int ServiceAction => serviceAction;

    public bool IsCancelled => _cancelled;

    public bool IsFinished => _finished;

    public long CopiedBytes => Interlocked.Read(ref _copiedBytes);

    public int Segments => Volatile.Read(ref _segments);

    /// <summary>Why it ended early; null when all was copied. To be read when <see cref="IsFinished"/>.</summary>
    public CopyProblem? Problem { get; private set; }

    /// <summary>What POPULATE TOKEN made.</summary>
    public RodToken? Token { get; set; }

    public void Cancel() => _cancelled = true;

    public void SetProgress(long copiedBytes, int segments)
    {
        Interlocked.Exchange(ref _copiedBytes, copiedBytes);
        Volatile.Write(ref _segments, segments);
    }

    public void Finish(CopyProblem? problem)
    {
        Problem = problem;
        _finished = true;
    }
}
