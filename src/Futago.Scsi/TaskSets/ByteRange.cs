namespace Futago.Scsi.TaskSets;

/// <summary>A range of a medium, in bytes.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    public long End => Offset + Length;

    public bool Overlaps(ByteRange other) => Length > 0 && other.Length > 0 && Offset < other.End && other.Offset < End;
}
