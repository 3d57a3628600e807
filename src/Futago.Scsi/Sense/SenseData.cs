using System.Buffers.Binary;

namespace Futago.Scsi.Sense;

/// <summary>Writes sense data, SPC-4 section 4.5.</summary>
public static class SenseData
{
    public const int FixedLength = 18;

    /// <summary>Header, information descriptor, sense key specific descriptor.</summary>
    public const int MaximumDescriptorLength = 8 + 12 + 8;

    private const byte CurrentFixed = 0x70;
    private const byte CurrentDescriptor = 0x72;
    private const byte Valid = 0x80;

    /// <summary>What a sense data block says beside its key and code.</summary>
    /// <param name="Information">INFORMATION field: an LBA or an offset in the data, by command.</param>
    /// <param name="FieldPointer">Byte of the CDB or parameter list that is wrong.</param>
    /// <param name="FieldIsParameter">The pointer is into the parameter list, not the CDB.</param>
    /// <param name="Progress">PROGRESS INDICATION: how much of 65,536 is done.</param>
    public readonly record struct Details(
        ulong? Information = null, int? FieldPointer = null, bool FieldIsParameter = false, ushort? Progress = null)
    {
        internal bool HasSpecific => FieldPointer is not null || Progress is not null;
    }

    public static int LengthOf(bool descriptorFormat, in Details details) =>
        !descriptorFormat ? FixedLength : 8 + (details.Information is null ? 0 : 12) + (details.HasSpecific ? 8 : 0);

    /// <param name="destination">Cleared, at least <see cref="LengthOf"/> long.</param>
    public static void Write(Span<byte> destination, bool descriptorFormat, SenseKey key, AdditionalSense code, in Details details)
    {
        if (descriptorFormat)
            WriteDescriptors(destination, key, code, details);
        else
            WriteFixed(destination, key, code, details);
    }

    /// <summary>SPC-4 section 4.5.3.</summary>
    private static void WriteFixed(Span<byte> sense, SenseKey key, AdditionalSense code, in Details details)
    {
        sense[0] = CurrentFixed;
        // VALID stays 0 when the field cannot hold the value, SPC-4 section 4.5.3: four bytes only.
        if (details.Information is <= uint.MaxValue)
        {
            sense[0] |= Valid;
            BinaryPrimitives.WriteUInt32BigEndian(sense[3..], (uint)details.Information.Value);
        }
        sense[2] = (byte)key;
        sense[7] = FixedLength - 8;
        BinaryPrimitives.WriteUInt16BigEndian(sense[12..], (ushort)code);
        if (details.HasSpecific)
            WriteSpecific(sense[15..], details);
    }

    /// <summary>SPC-4 section 4.5.2.</summary>
    private static void WriteDescriptors(Span<byte> sense, SenseKey key, AdditionalSense code, in Details details)
    {
        sense[0] = CurrentDescriptor;
        sense[1] = (byte)key;
        BinaryPrimitives.WriteUInt16BigEndian(sense[2..], (ushort)code);
        sense[7] = (byte)(LengthOf(true, details) - 8);
        var rest = sense[8..];
        if (details.Information is { } information)
        {
            // Descriptor type 00h, SPC-4 section 4.5.2.2.
            rest[1] = 0x0a;
            rest[2] = Valid;
            BinaryPrimitives.WriteUInt64BigEndian(rest[4..], information);
            rest = rest[12..];
        }
        if (!details.HasSpecific)
            return;
        // Descriptor type 02h, SPC-4 section 4.5.2.4.
        rest[0] = 0x02;
        rest[1] = 0x06;
        WriteSpecific(rest[4..], details);
    }

    /// <summary>SKSV with FIELD POINTER and C/D, SPC-4 section 4.5.2.4.2, or PROGRESS INDICATION, section 4.5.2.4.4.</summary>
    private static void WriteSpecific(Span<byte> specific, in Details details)
    {
        specific[0] = (byte)(0x80 | (details.FieldPointer is null || details.FieldIsParameter ? 0 : 0x40));
        BinaryPrimitives.WriteUInt16BigEndian(specific[1..], details.Progress ?? (ushort)details.FieldPointer!.Value);
    }
}
