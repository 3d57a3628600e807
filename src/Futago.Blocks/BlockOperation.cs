namespace Futago.Blocks;

public enum BlockOperation : byte
{
    Read,
    Write,
    /// <summary>Makes every write that was completed before this request durable.</summary>
    Flush,
    /// <summary>Gives the space back; the range reads as zeros afterwards.</summary>
    Unmap,
    /// <summary>Makes the range read as zeros and keeps the space allocated.</summary>
    WriteZeroes,
    /// <summary>
    /// Makes the range the same as one of <see cref="BlockRequest.CloneSource"/> by sharing its space. Only for devices that are an
    /// <see cref="ICloneRange"/>.
    /// </summary>
    Clone,
}
