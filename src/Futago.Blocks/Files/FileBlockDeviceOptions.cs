using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Blocks;

public sealed record FileBlockDeviceOptions
{
    public CacheMode CacheMode { get; init; } = CacheMode.Direct;

    /// <summary>Open without the right to write; every change ends with <see cref="BlockStatus.ReadOnly"/>.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>I/O threads that the device may start, 1 to 64. They are started when the queue asks for them.</summary>
    public int MaximumThreads { get; init; } = 8;

    /// <summary>Reads that have to wait for the medium go through io_uring, where the kernel offers it; otherwise I/O threads do them.</summary>
    public bool UseRing { get; init; } = true;

    /// <summary>
    /// Called when a write found no space, on the I/O thread that does it; may block. True: there is some now, try again.
    /// </summary>
    public Func<bool>? MakeRoom { get; init; }

    /// <summary>
    /// The file's log of durable writes. What a crash left in it is brought to the file when that is opened, in whatever way. It is made when many small
    /// durable writes come through the page cache and there is space for it; null: never.
    /// </summary>
    public string? CommitLogPath { get; init; }

    /// <summary>
    /// Commits that the log would have taken, before it is made: what is written that rarely needs none. At least as many are without it after each time that
    /// something else wanted it empty.
    /// </summary>
    internal int CommitsWithoutLog { get; init; } = 256;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumThreads, 1, nameof(MaximumThreads));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumThreads, 64, nameof(MaximumThreads));
        if (!Enum.IsDefined(CacheMode))
            throw new ArgumentOutOfRangeException(nameof(CacheMode), CacheMode, "Unknown cache mode");
    }
}
