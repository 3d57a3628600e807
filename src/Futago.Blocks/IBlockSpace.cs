namespace Futago.Blocks;

/// <summary>Optional capability of an <see cref="IBlockDevice"/> that takes its space from a shared store: how much there is.</summary>
public interface IBlockSpace
{
    /// <summary>Asks the store; may wait for the medium. Null when it cannot say.</summary>
    BlockSpace? GetSpace();
}

/// <param name="UsedBytes">Space that the device takes up now.</param>
/// <param name="AvailableBytes">Space that it could still get; others may get it first.</param>
public readonly record struct BlockSpace(long UsedBytes, long AvailableBytes);
