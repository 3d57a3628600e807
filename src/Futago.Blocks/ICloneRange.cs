namespace Futago.Blocks;

/// <summary>
/// Optional capability of an <see cref="IBlockDevice"/>: its ranges can take over those of another device without moving the data.
/// A decorator passes it on when requests of <see cref="BlockOperation.Clone"/> may go past it.
/// </summary>
public interface ICloneRange
{
    /// <summary>What holds the data of the device; null when it cannot share space at all.</summary>
    CloneableFile? CloneableFile { get; }
}
