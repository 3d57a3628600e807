namespace Futago.Benchmarks.Iscsi;

/// <summary>What the page cache holds of a file. Long reads and writes take twice as long where it consists of single pages.</summary>
internal enum CacheState
{
    /// <summary>All of it, as one reader from beginning to end leaves it: in folios of up to some hundred KiB.</summary>
    Folios,

    /// <summary>All of it, as random reads of 4 KiB leave it.</summary>
    Pages,

    Empty,
}
