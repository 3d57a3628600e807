namespace Futago.Benchmarks.Iscsi;

/// <summary>Where the blocks of a load are, one after another, from a place of its own for each seed.</summary>
internal sealed class BlockWalk(Load load, long lengthBytes, int seed)
{
    // A linear congruential walk: with a number of blocks that is a power of two it comes to each once before it repeats itself.
    private const long Multiplier = 1664525;
    private const long Increment = 1013904223;

    private readonly Random _random = new(seed);
    private readonly long _blocks = lengthBytes / load.BlockBytes;
    private long? _block;

    /// <summary>Offset in bytes.</summary>
    public long Next()
    {
        _block = (_block, load) switch
        {
            (null, _) or (_, { Cold: false, Random: true }) => _random.NextInt64(_blocks),
            ({ } block, { Cold: true }) => ((block * Multiplier) + Increment) % _blocks,
            ({ } block, _) => (block + 1) % _blocks,
        };
        return _block.Value * load.BlockBytes;
    }
}
