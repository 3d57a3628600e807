namespace Futago.Blocks;

/// <summary>
/// Keeps changes of a file and loans of its pages apart. Nothing is lent while anything of the file is being changed, and a change of what is lent waits
/// until it was returned; while one waits, nothing more is lent. As long as nothing is lent, that costs a change two interlocked operations.
/// <para>
/// Both sides first say what they are about to do and then look at what the other one does: of a change and a loan that meet, at least one sees the other.
/// </para>
/// </summary>
/// <param name="resume">Takes a change that has waited.</param>
internal sealed class LoanTable(Action<BlockRequest> resume)
{
    /// <summary>Each costs a change that comes meanwhile a comparison.</summary>
    private const int MaximumLoans = 512;

    private readonly object _gate = new();
    private readonly List<PageLoan> _lent = [];
    private readonly Stack<PageLoan> _spare = new();
    private readonly List<BlockRequest> _waiting = [];
    private int _lending;
    private int _changing;
    private bool _closed;

    /// <summary>Registers a loan, still without its pages; null when it must not be.</summary>
    public PageLoan? TryAdd(long offset, int length, IPageBorrower borrower)
    {
        lock (_gate)
        {
            if (_closed || _waiting.Count > 0 || _lent.Count >= MaximumLoans)
                return null;
            Interlocked.Increment(ref _lending);
            if (Volatile.Read(ref _changing) != 0)
            {
                Interlocked.Decrement(ref _lending);
                return null;
            }
            if (!_spare.TryPop(out var loan))
                loan = new PageLoan(this);
            loan.Begin(offset, length, borrower, _lent.Count);
            _lent.Add(loan);
            return loan;
        }
    }

    /// <summary>Before the file is changed. False: the request waits here, and comes back by itself.</summary>
    public bool TryBeginChange(BlockRequest request)
    {
        Interlocked.Increment(ref _changing);
        return Volatile.Read(ref _lending) == 0 || TryBeginBesideLoans(request);
    }

    /// <summary>After the file was changed, or was not; before the request ends.</summary>
    public void EndChange() => Interlocked.Decrement(ref _changing);

    public void Return(PageLoan loan)
    {
        List<BlockRequest>? ready = null;
        lock (_gate)
        {
            var last = _lent[^1];
            _lent[loan.Index] = last;
            last.Index = loan.Index;
            _lent.RemoveAt(_lent.Count - 1);
            Interlocked.Decrement(ref _lending);
            _spare.Push(loan);
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (IsLent(_waiting[i]))
                    continue;
                (ready ??= []).Add(_waiting[i]);
                _waiting.RemoveAt(i);
            }
            if (_lent.Count == 0)
                Monitor.PulseAll(_gate);
        }
        foreach (var request in ready ?? [])
            resume(request);
    }

    /// <summary>Ends what waits, and gives borrowers some time to return what they have: the file may soon be somebody else's.</summary>
    public void Close(TimeSpan patience)
    {
        List<BlockRequest> waiting;
        List<IPageBorrower> borrowers;
        lock (_gate)
        {
            _closed = true;
            waiting = [.. _waiting];
            _waiting.Clear();
            borrowers = Recall(null);
        }
        foreach (var request in waiting)
            request.OnCompleted(BlockStatus.Offline);
        borrowers.ForEach(borrower => borrower.Recall());
        lock (_gate)
        {
            if (_lent.Count > 0)
                Monitor.Wait(_gate, patience);
        }
    }

    private bool TryBeginBesideLoans(BlockRequest request)
    {
        List<IPageBorrower> borrowers;
        lock (_gate)
        {
            if (!IsLent(request))
                return true;
            EndChange();
            borrowers = Recall(request);
            if (!_closed)
            {
                _waiting.Add(request);
                request = null!;
            }
        }
        // Who has closed the table has recalled everything already.
        request?.OnCompleted(BlockStatus.Offline);
        borrowers.ForEach(borrower => borrower.Recall());
        return false;
    }

    /// <summary>Marks the loans that a change waits for (null: all); their borrowers are to be told outside of the lock.</summary>
    private List<IPageBorrower> Recall(BlockRequest? request)
    {
        var borrowers = new List<IPageBorrower>();
        foreach (var loan in _lent)
        {
            if (request is not null && !Overlaps(loan, request))
                continue;
            loan.IsRecalled = true;
            if (!borrowers.Contains(loan.Borrower))
                borrowers.Add(loan.Borrower);
        }
        return borrowers;
    }

    private bool IsLent(BlockRequest request)
    {
        foreach (var loan in _lent)
        {
            if (Overlaps(loan, request))
                return true;
        }
        return false;
    }

    private static bool Overlaps(PageLoan loan, BlockRequest request) =>
        loan.OffsetBytes < request.OffsetBytes + request.LengthBytes && request.OffsetBytes < loan.OffsetBytes + loan.LengthBytes;
}
