namespace Futago.Blocks.Atomic;

/// <summary>Writes ranges of one device so that a crash leaves all of the new data or all of the old.</summary>
public interface IAtomicWriter
{
    /// <summary>The longest range, in bytes.</summary>
    int MaximumBytes { get; }

    /// <summary>
    /// Writes the range, durably. The caller keeps other requests off it meanwhile. Never throws for an I/O error; after one the
    /// range may hold old, new or no data, like after a failed write.
    /// </summary>
    Task<BlockStatus> WriteAsync(long offsetBytes, int lengthBytes, BlockBuffer buffer, int bufferOffset);
}
