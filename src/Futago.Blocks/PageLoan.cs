using System.Runtime.InteropServices;
using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>
/// Pages of a range, on their way into a socket. The same pages are those of the file: what a socket has taken is not yet with its reader, so the
/// borrower returns the loan only when the other end has said that it has the data, or will never have it.
/// </summary>
public sealed class PageLoan
{
    private readonly LoanTable _table;
    private PagePipe? _pipe;
    private volatile bool _recalled;

    internal PageLoan(LoanTable table) => _table = table;

    /// <summary>Bytes that have not been sent.</summary>
    public int UnsentBytes { get; private set; }

    /// <summary>For the borrower: what it waits for before it returns the loan.</summary>
    public uint Mark { get; set; }

    /// <summary>A change of the range waits for this loan.</summary>
    public bool IsRecalled
    {
        get => _recalled;
        internal set => _recalled = value;
    }

    internal IPageBorrower Borrower { get; private set; } = null!;

    internal long OffsetBytes { get; private set; }

    internal int LengthBytes { get; private set; }

    /// <summary>Place in the table.</summary>
    internal int Index { get; set; }

    internal void Begin(long offsetBytes, int lengthBytes, IPageBorrower borrower, int index)
    {
        (OffsetBytes, LengthBytes, Borrower, Index) = (offsetBytes, lengthBytes, borrower, index);
        UnsentBytes = 0;
        IsRecalled = false;
    }

    /// <summary>Takes hold of the pages; false when they are not all there, or all pipes are in use.</summary>
    internal bool Fill(LinuxBlockFile file)
    {
        if (!file.IsCached(OffsetBytes, LengthBytes) || PagePipe.TryRent() is not { } pipe)
            return false;
        _pipe = pipe;
        UnsentBytes = LengthBytes;
        if (file.SpliceInto(pipe, OffsetBytes, LengthBytes))
            return true;
        // Pages left the cache this very moment. What is in the pipe goes with it.
        EndSending();
        return false;
    }

    /// <summary>Moves the next pages into a socket, which must not be a blocking one.</summary>
    /// <returns>Bytes that the socket has taken, or a negative error number.</returns>
    public nint SendTo(SafeHandle socket, int lengthBytes)
    {
        if (_pipe is not { } pipe || lengthBytes > UnsentBytes)
            throw new InvalidOperationException("More is to be sent than was lent.");
        var sent = pipe.SpliceTo(socket, lengthBytes);
        UnsentBytes -= (int)Math.Max(sent, 0);
        return sent;
    }

    /// <summary>Nothing of it is sent any more. The pages that are on their way must still not be changed.</summary>
    public void EndSending()
    {
        if (_pipe is not { } pipe)
            return;
        _pipe = null;
        pipe.Return(empty: UnsentBytes == 0);
    }

    /// <summary>The range may be changed again. Called once, after <see cref="EndSending"/>; runs what has waited for it.</summary>
    public void Return() => _table.Return(this);
}
