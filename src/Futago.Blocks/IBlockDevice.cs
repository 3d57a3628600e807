namespace Futago.Blocks;

/// <summary>
/// A random-access device of bytes: a file, a raw device, a replicated volume. All members may be called from any thread.
/// </summary>
public interface IBlockDevice : IAsyncDisposable
{
    /// <summary>Size in bytes. May grow while the device is in use, never shrinks.</summary>
    long LengthBytes { get; }

    /// <summary>Offsets and lengths of requests are multiples of this (1 through the page cache, 512 or 4096 for direct access).</summary>
    int AlignmentBytes { get; }

    /// <summary>Granularity in bytes in which <see cref="BlockOperation.Unmap"/> really frees space; 0 when it cannot.</summary>
    int UnmapGranularityBytes { get; }

    /// <summary>
    /// Starts the request. Never blocks on the medium: what cannot be done at once is done aside.
    /// Every submitted request is completed exactly once, also when the device is closed meanwhile (<see cref="BlockStatus.Offline"/>).
    /// </summary>
    void Submit(BlockRequest request);

    /// <summary>
    /// Says how the range starting at <paramref name="offsetBytes"/> is provisioned: <paramref name="allocated"/>, and for how many
    /// bytes that stays the same. Runs on the slow path (GET LBA STATUS, space accounting).
    /// </summary>
    long GetAllocation(long offsetBytes, out bool allocated);

    /// <summary>Raised on any thread after <see cref="LengthBytes"/> has grown.</summary>
    event Action? Grown;
}
