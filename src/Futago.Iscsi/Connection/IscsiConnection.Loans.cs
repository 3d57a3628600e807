using System.Net.Sockets;
using Futago.Blocks;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Connection;

/// <summary>
/// Data of long reads that goes from the page cache into the socket without being copied. The socket, and on one machine even the initiator's side of it,
/// holds the very pages of the file. So they stay on loan, and nobody changes them, until the initiator has acknowledged the status that came with the
/// data: ExpStatSN of whatever it sends next (RFC 7143 section 4.2.2.2). When somebody waits for that, a ping makes it say so.
/// </summary>
internal sealed partial class IscsiConnection
{
    /// <summary>Reads from this length on are worth the system calls that a loan takes.</summary>
    private const int MinimumLoanBytes = 32 << 10;

    /// <summary>How long somebody else's write waits for an initiator that neither takes its data nor answers. Then its connection ends.</summary>
    private static readonly TimeSpan _recallPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _loanGate = new();

    /// <summary>In the order in which they were sent. Guarded by <see cref="_loanGate"/>.</summary>
    private readonly Queue<PageLoan> _unacknowledged = new();
    private bool _loansClosed;

    private int _unacknowledgedCount;
    private uint _expStatSn;

    /// <summary>Something was recalled since the peer last took what there was for it.</summary>
    private volatile bool _recalledWhileBlocked;

    // Owned by Tick: the oldest recalled loan, and since when it is that.
    private uint _overdueMark;
    private long _overdueSince;

    /// <summary>Whether so much data can be sent as it lies in the page cache.</summary>
    public bool CanBorrow(IscsiSession session, int length) =>
        length >= MinimumLoanBytes
        && Parameters is { DataDigest: false, InitiatorMaxRecvDataSegmentLength: >= MinimumLoanBytes }
        && session.Parameters.MaxBurstLength % 4 == 0
        && session.Capture is null;

    /// <summary>A change waits for the pages. Any thread.</summary>
    void IPageBorrower.Recall()
    {
        _recalledWhileBlocked = true;
        PingForLoans();
    }

    /// <summary>The data has been handed to the system, with a status of this number.</summary>
    public void AwaitAcknowledgement(PageLoan loan, uint statSn)
    {
        loan.Mark = statSn;
        // The ping of the recall may have been ahead of this data.
        var recalled = loan.IsRecalled;
        lock (_loanGate)
        {
            if (!_loansClosed && !IsAcknowledged(loan, Volatile.Read(ref _expStatSn)))
            {
                _unacknowledged.Enqueue(loan);
                Volatile.Write(ref _unacknowledgedCount, _unacknowledged.Count);
                loan = null!;
            }
        }
        loan?.Return();
        if (recalled && loan is null)
            PingForLoans();
    }

    /// <summary>Of every PDU that is received. Only the connection's thread calls this.</summary>
    private void Acknowledge(uint expStatSn)
    {
        Volatile.Write(ref _expStatSn, expStatSn);
        while (Volatile.Read(ref _unacknowledgedCount) > 0)
        {
            PageLoan loan;
            lock (_loanGate)
            {
                if (!_unacknowledged.TryPeek(out loan!) || !IsAcknowledged(loan, expStatSn))
                    return;
                _unacknowledged.Dequeue();
                Volatile.Write(ref _unacknowledgedCount, _unacknowledged.Count);
            }
            loan.Return();
        }
    }

    /// <summary>RFC 1982 arithmetic, as RFC 7143 section 4.2.2.1 asks for.</summary>
    private static bool IsAcknowledged(PageLoan loan, uint expStatSn) => (int)(expStatSn - loan.Mark) > 0;

    /// <summary>Whether a change has waited too long for what this connection has.</summary>
    private bool HoldsLoansTooLong(long now)
    {
        if (SendStalledSince is not { } since)
            _recalledWhileBlocked = false;
        else if (_recalledWhileBlocked && _time.GetElapsedTime(since, now) >= _recallPatience)
            return true;
        if (OldestRecalled() is not { } mark)
        {
            _overdueSince = 0;
            return false;
        }
        // Loans are returned in order: as long as it is the same one, nothing has come back.
        if (_overdueSince == 0 || mark != _overdueMark)
            (_overdueMark, _overdueSince) = (mark, now == 0 ? 1 : now);
        return _time.GetElapsedTime(_overdueSince, now) >= _recallPatience;
    }

    private uint? OldestRecalled()
    {
        if (Volatile.Read(ref _unacknowledgedCount) == 0)
            return null;
        lock (_loanGate)
        {
            foreach (var loan in _unacknowledged)
            {
                if (loan.IsRecalled)
                    return loan.Mark;
            }
        }
        return null;
    }

    private void PingForLoans()
    {
        if (_phase is not { } phase)
            return;
        Volatile.Write(ref _pingedAt, _time.GetTimestamp() is var now and not 0 ? now : 1);
        phase.Ping();
    }

    /// <summary>What the initiator has not got yet it must not get later, when the pages may have been changed: the connection is reset.</summary>
    private void PrepareToLoseLoans()
    {
        if (Volatile.Read(ref _unacknowledgedCount) == 0)
            return;
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // The peer has reset it already.
        }
    }

    /// <summary>The socket is gone.</summary>
    private void ReturnAllLoans()
    {
        PageLoan[] loans;
        lock (_loanGate)
        {
            _loansClosed = true;
            loans = [.. _unacknowledged];
            _unacknowledged.Clear();
            Volatile.Write(ref _unacknowledgedCount, 0);
        }
        foreach (var loan in loans)
            loan.Return();
    }
}
