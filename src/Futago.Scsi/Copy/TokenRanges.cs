using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

/// <summary>Block device range descriptors of POPULATE TOKEN and WRITE USING TOKEN, SBC-3 section 5.7.3.</summary>
internal static class TokenRanges
{
    private const int DescriptorLength = 16;

    /// <param name="list">The parameter list.</param>
    /// <param name="lengthAt">Where the length of the descriptors stands, which follow it.</param>
    /// <returns>The ranges in bytes, without empty ones, or null and what is wrong.</returns>
    public static List<ByteRange>? Parse(LogicalUnit unit, ReadOnlySpan<byte> list, int lengthAt, out CopyProblem? problem)
    {
        problem = null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(list[lengthAt..]);
        var first = lengthAt + 2;
        if (length < DescriptorLength || length % DescriptorLength != 0)
            problem = CopyProblem.Parameter(lengthAt);
        else if (first + length > list.Length)
            problem = CopyProblem.Refused(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        else if (length / DescriptorLength > CopyLimits.RangeDescriptors)
            problem = CopyProblem.Parameter(lengthAt, AdditionalSense.TOO_MANY_SEGMENT_DESCRIPTORS);
        var ranges = new List<ByteRange>();
        for (var at = first; problem is null && at < first + length; at += DescriptorLength)
        {
            var lba = BinaryPrimitives.ReadUInt64BigEndian(list[at..]);
            ulong count = BinaryPrimitives.ReadUInt32BigEndian(list[(at + 8)..]);
            if (lba > unit.BlockCount || count > unit.BlockCount - lba)
            {
                problem = CopyProblem.Refused(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
                break;
            }
            var range = new ByteRange((long)lba * unit.Options.BlockSize, (long)count * unit.Options.BlockSize);
            // SBC-3 section 5.7.2: no block twice.
            if (ranges.Exists(other => other.Overlaps(range)))
                problem = CopyProblem.Parameter(at);
            else if (count > 0)
                ranges.Add(range);
        }
        if (problem is null && ranges.Sum(range => range.Length) is var total && (total == 0 || total > CopyLimits.TokenBytes))
            problem = CopyProblem.Parameter(lengthAt);
        return problem is null ? ranges : null;
    }
}
