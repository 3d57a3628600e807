namespace Futago.Blocks;

/// <summary>
/// One operation on an <see cref="IBlockDevice"/>. Requests are owned and reused by whoever submits them, so that the steady
/// state allocates nothing: fill in the fields, submit, touch nothing until <see cref="OnCompleted"/>.
/// </summary>
public abstract class BlockRequest
{
    public BlockOperation Operation { get; set; }

    /// <summary>Start in bytes; a multiple of the device's <see cref="IBlockDevice.AlignmentBytes"/>.</summary>
    public long OffsetBytes { get; set; }

    /// <summary>Length in bytes; a multiple of the alignment. 0 only for <see cref="BlockOperation.Flush"/>.</summary>
    public long LengthBytes { get; set; }

    /// <summary>Memory to read into or write from; null for operations without data. Must stay unchanged until completion (I14).</summary>
    public BlockBuffer? Buffer { get; set; }

    /// <summary>Where the data starts in <see cref="Buffer"/>, in bytes.</summary>
    public int BufferOffset { get; set; }

    /// <summary>
    /// For writes: complete only when the data is durable. Concurrent durable writes share one flush (group commit).
    /// </summary>
    public bool Durable { get; set; }

    /// <summary>For <see cref="BlockOperation.Clone"/>: where the data comes from.</summary>
    public CloneableFile? CloneSource { get; set; }

    /// <summary>For <see cref="BlockOperation.Clone"/>: start in <see cref="CloneSource"/>, in bytes.</summary>
    public long CloneSourceOffset { get; set; }

    /// <summary>Of a read or write: bytes from the start that the page cache took or gave before the rest had to wait for the medium.</summary>
    internal int DoneBytes { get; set; }

    /// <summary>Link for the queue of the device that currently holds the request; nobody else touches it.</summary>
    public BlockRequest? Next { get; set; }

    /// <summary>
    /// Called exactly once, on any thread, possibly before <see cref="IBlockDevice.Submit"/> has returned.
    /// Must not block and must not throw.
    /// </summary>
    public abstract void OnCompleted(BlockStatus status);
}
