namespace Futago.Blocks;

/// <summary>
/// Optional capability of an <see cref="IBlockDevice"/> over the page cache: hands out the pages that hold a range instead of copying them,
/// so that they can go into a socket as they are. Nothing changes the range until the loan is returned: requests that would wait.
/// </summary>
public interface IPageLender
{
    /// <summary>Never waits for the medium.</summary>
    /// <returns>Null: not this range, or not now. It is to be read like any other.</returns>
    PageLoan? TryLend(long offsetBytes, int lengthBytes, IPageBorrower borrower);
}
