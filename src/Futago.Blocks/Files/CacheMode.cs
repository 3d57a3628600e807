namespace Futago.Blocks;

/// <summary>How a <see cref="FileBlockDevice"/> reaches its medium.</summary>
public enum CacheMode : byte
{
    /// <summary>O_DIRECT: no copy of the data in this machine's memory (I/O type <c>block</c>).</summary>
    Direct,
    /// <summary>Through the page cache (I/O type <c>file</c>).</summary>
    PageCache,
}
