using System.Buffers.Binary;
using Futago.Scsi.Sense;

namespace Futago.Scsi.Copy;

/// <param name="Designator">Code set, type, length and identifier, as in VPD page 83h.</param>
/// <param name="BlockLength">DISK BLOCK LENGTH in bytes.</param>
internal sealed record CscdDescriptor(byte[] Designator, int BlockLength);

/// <param name="CountsInDestination">DC: the number of blocks is in blocks of the destination.</param>
/// <param name="At">Where the descriptor starts in the parameter list.</param>
internal sealed record CopySegment(int Source, int Destination, bool CountsInDestination, int Blocks, ulong SourceLba, ulong DestinationLba, int At);

/// <summary>Parameter list of EXTENDED COPY (LID1), SPC-4 section 6.4.2, and (LID4), section 6.5.2. Nothing is looked up yet.</summary>
/// <param name="ListId">Null when the initiator does not want to ask for the outcome.</param>
internal sealed record ExtendedCopyList(uint? ListId, bool Immediate, IReadOnlyList<CscdDescriptor> Cscds, IReadOnlyList<CopySegment> Segments)
{
    private const int HeaderLengthLid1 = 16;
    private const int HeaderLengthLid4 = 48;
    private const int CscdLength = 32;
    private const int SegmentLength = 28;
    private const int NoListId = 3;

    /// <returns>The list, or null and what is wrong with it.</returns>
    public static ExtendedCopyList? Parse(ReadOnlySpan<byte> list, bool longListId, out CopyProblem? problem)
    {
        var headerLength = longListId ? HeaderLengthLid4 : HeaderLengthLid1;
        problem = CopyProblem.Refused(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        if (list.Length < headerLength)
            return null;
        // LIST ID USAGE 01b is reserved.
        var usage = (list[1] >> 3) & 3;
        if (usage == 1)
        {
            problem = CopyProblem.Parameter(1);
            return null;
        }
        if (longListId && (list[0] != 0x01 || BinaryPrimitives.ReadUInt16BigEndian(list[2..]) != 0x20 || list[16] != 0xff))
        {
            problem = CopyProblem.Parameter(list[0] != 0x01 ? 0 : list[16] != 0xff ? 16 : 2);
            return null;
        }
        var listId = longListId ? BinaryPrimitives.ReadUInt32BigEndian(list[20..]) : list[0];
        if (usage == NoListId && listId != 0)
        {
            problem = CopyProblem.Parameter(longListId ? 20 : 0);
            return null;
        }
        long cscdLength = BinaryPrimitives.ReadUInt16BigEndian(list[(longListId ? 42 : 2)..]);
        long segmentLength = longListId ? BinaryPrimitives.ReadUInt16BigEndian(list[44..]) : BinaryPrimitives.ReadUInt32BigEndian(list[8..]);
        long inlineLength = longListId ? BinaryPrimitives.ReadUInt16BigEndian(list[46..]) : BinaryPrimitives.ReadUInt32BigEndian(list[12..]);
        // MAXIMUM DESCRIPTOR LIST LENGTH comes first: what it allows is looked at one by one.
        if (cscdLength + segmentLength > CopyLimits.DescriptorListBytes || headerLength + cscdLength + segmentLength + inlineLength > list.Length)
            return null;
        if (inlineLength > 0)
        {
            problem = CopyProblem.Parameter(longListId ? 46 : 12, AdditionalSense.INLINE_DATA_LENGTH_EXCEEDED);
            return null;
        }
        if (ParseCscds(list.Slice(headerLength, (int)cscdLength), headerLength, out problem) is not { } cscds
            || ParseSegments(list.Slice(headerLength + (int)cscdLength, (int)segmentLength), headerLength + (int)cscdLength, out problem) is not { } segments)
        {
            return null;
        }
        return new ExtendedCopyList(usage == NoListId ? null : listId, longListId && (list[15] & 0x01) != 0, cscds, segments);
    }

    private static List<CscdDescriptor>? ParseCscds(ReadOnlySpan<byte> list, int at, out CopyProblem? problem)
    {
        problem = null;
        if (list.Length / CscdLength > CopyLimits.CscdDescriptors)
            problem = CopyProblem.Refused(AdditionalSense.TOO_MANY_TARGET_DESCRIPTORS);
        else if (list.Length % CscdLength != 0)
            problem = CopyProblem.Refused(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        var cscds = new List<CscdDescriptor>();
        for (var i = 0; problem is null && i < list.Length; i += CscdLength)
        {
            var descriptor = list.Slice(i, CscdLength);
            // LU ID TYPE and NUL are obsolete. Direct access block devices only.
            if (descriptor[0] != CopyLimits.CscdType || (descriptor[1] & 0x1f) != 0)
                problem = CopyProblem.Parameter(at + i, AdditionalSense.UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE);
            else
                cscds.Add(new CscdDescriptor(descriptor[4..28].ToArray(), (int)(BinaryPrimitives.ReadUInt32BigEndian(descriptor[28..]) & 0xff_ffff)));
        }
        return problem is null ? cscds : null;
    }

    private static List<CopySegment>? ParseSegments(ReadOnlySpan<byte> list, int at, out CopyProblem? problem)
    {
        problem = null;
        var segments = new List<CopySegment>();
        for (var i = 0; problem is null && i < list.Length; i += SegmentLength)
        {
            var descriptor = list[i..];
            if (descriptor[0] != CopyLimits.SegmentType)
                problem = CopyProblem.Parameter(at + i, AdditionalSense.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE);
            else if (descriptor.Length < SegmentLength)
                problem = CopyProblem.Refused(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            else if (BinaryPrimitives.ReadUInt16BigEndian(descriptor[2..]) != SegmentLength - 4)
                problem = CopyProblem.Parameter(at + i + 2);
            else if (segments.Count == CopyLimits.SegmentDescriptors)
                problem = CopyProblem.Refused(AdditionalSense.TOO_MANY_SEGMENT_DESCRIPTORS);
            else
                segments.Add(new CopySegment(
                    BinaryPrimitives.ReadUInt16BigEndian(descriptor[4..]),
                    BinaryPrimitives.ReadUInt16BigEndian(descriptor[6..]),
                    (descriptor[1] & 0x02) != 0,
                    BinaryPrimitives.ReadUInt16BigEndian(descriptor[10..]),
                    BinaryPrimitives.ReadUInt64BigEndian(descriptor[12..]),
                    BinaryPrimitives.ReadUInt64BigEndian(descriptor[20..]),
                    at + i));
        }
        return problem is null ? segments : null;
    }
}
