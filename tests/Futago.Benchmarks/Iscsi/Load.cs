namespace Futago.Benchmarks.Iscsi;

/// <param name="WriteBack">What the LUN acknowledges from: its cache, or the medium.</param>
/// <param name="Cache">What the page cache holds of the LUN at the start.</param>
/// <param name="Spin">Our connections look for their next request before they sleep.</param>
/// <param name="Digests">Header and data digests, CRC32C.</param>
/// <param name="OnExt4">See <see cref="Lun.OnExt4"/>.</param>
/// <param name="Direct">See <see cref="Lun.Direct"/>.</param>
internal sealed record Load(string Name, bool Write, bool Random, int BlockBytes, int QueueDepth, int Sessions, bool WriteBack, CacheState Cache = CacheState.Folios, bool Spin = false, bool Digests = false, bool OnExt4 = false, bool Direct = false)
{
    public Lun Lun => new(WriteBack, OnExt4, Direct);

    /// <summary>The page cache is used and does not help: no block is asked for twice.</summary>
    public bool Cold => Cache == CacheState.Empty && !Direct;

    /// <summary>Every operation reaches the medium.</summary>
    public bool OnMedium => Cold || IsDurable;

    /// <summary>A write is acknowledged when the medium has it.</summary>
    public bool IsDurable => Write && !WriteBack;

    public static IReadOnlyList<Load> All { get; } =
    [
        new("4 KiB random read, QD32", false, true, 4096, 32, 1, true),
        new("4 KiB random read, QD32, spinning", false, true, 4096, 32, 1, true, Spin: true),
        new("4 KiB random read, QD1", false, true, 4096, 1, 1, true),
        new("4 KiB random read, QD1, spinning", false, true, 4096, 1, 1, true, Spin: true),
        new("4 KiB random read, QD32, 4 sessions", false, true, 4096, 32, 4, true),
        new("4 KiB random read, QD32, cold", false, true, 4096, 32, 1, true, CacheState.Empty),
        new("4 KiB random write, QD32, write back", true, true, 4096, 32, 1, true),
        new("4 KiB random write, QD32, write back, ext4", true, true, 4096, 32, 1, true, OnExt4: true),
        new("4 KiB random write, QD32, write back, ext4, cached by single pages", true, true, 4096, 32, 1, true, CacheState.Pages, OnExt4: true),
        new("4 KiB random write, QD32, write through", true, true, 4096, 32, 1, false),
        new("256 KiB sequential read, QD32", false, false, 256 << 10, 32, 1, true),
        new("256 KiB sequential write, QD32, write back", true, false, 256 << 10, 32, 1, true),
        new("256 KiB sequential read, QD32, cached by single pages", false, false, 256 << 10, 32, 1, true, CacheState.Pages),
        new("256 KiB sequential write, QD32, write back, cached by single pages", true, false, 256 << 10, 32, 1, true, CacheState.Pages),
        new("4 KiB random read, QD32, digests", false, true, 4096, 32, 1, true, Digests: true),
        new("256 KiB sequential read, QD32, digests", false, false, 256 << 10, 32, 1, true, Digests: true),
        new("4 KiB random read, QD32, block I/O", false, true, 4096, 32, 1, true, CacheState.Empty, Direct: true),
        new("4 KiB random write, QD32, block I/O", true, true, 4096, 32, 1, true, CacheState.Empty, Direct: true),
        new("256 KiB sequential read, QD32, block I/O", false, false, 256 << 10, 32, 1, true, CacheState.Empty, Direct: true),
        new("256 KiB sequential write, QD32, block I/O", true, false, 256 << 10, 32, 1, true, CacheState.Empty, Direct: true),
    ];
}
