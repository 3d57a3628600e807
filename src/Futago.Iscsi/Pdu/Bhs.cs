using System.Buffers.Binary;

namespace Futago.Iscsi.Pdu;

/// <summary>
/// Basic header segment, RFC 7143 section 11.2.1: the 48 bytes that start every PDU. This type reads what all of them share;
/// fields that only some PDUs have are read with their named offsets through <see cref="UInt32At"/>.
/// <code>
/// Byte/     0       |       1       |       2       |       3       |
///   0|.|I| Opcode    |F|  Opcode-specific fields                     |
///   4|TotalAHSLength | DataSegmentLength                             |
///   8| LUN or Opcode-specific fields                                 |
///  16| Initiator Task Tag                                            |
///  20/ Opcode-specific fields                                        /
///  48
/// </code>
/// </summary>
internal readonly ref struct Bhs(ReadOnlySpan<byte> bytes)
{
    public const int Length = 48;

    /// <summary>AHS of an extended CDB of 260 bytes: 4 bytes of preamble and 244 of CDB, RFC 7143 section 11.2.2.</summary>
    public const int MaximumAhsBytes = 248;

    /// <summary>The reserved tag: "no task".</summary>
    public const uint ReservedTag = 0xFFFFFFFF;

    public const int FlagsOffset = 1;
    public const int AhsLengthOffset = 4;
    public const int DataLengthOffset = 5;
    public const int LunOffset = 8;
    public const int TaskTagOffset = 16;
    public const int TransferTagOffset = 20;
    public const int CmdSnOffset = 24;
    public const int ExpStatSnOffset = 28;

    public const byte ImmediateBit = 0x40;
    public const byte OpcodeMask = 0x3F;
    public const byte FinalBit = 0x80;
    public const byte ContinueBit = 0x40;

    public ReadOnlySpan<byte> Bytes { get; } = bytes[..Length];

    public Opcode Opcode => (Opcode)(Bytes[0] & OpcodeMask);

    public bool Immediate => (Bytes[0] & ImmediateBit) != 0;

    public byte Flags => Bytes[FlagsOffset];

    public bool Final => (Flags & FinalBit) != 0;

    public bool Continue => (Flags & ContinueBit) != 0;

    /// <summary>TotalAHSLength counts words of four bytes; this is in bytes (0 to 1020).</summary>
    public int AhsBytes => Bytes[AhsLengthOffset] * 4;

    /// <summary>DataSegmentLength in bytes without padding (24 bits).</summary>
    public int DataBytes => (Bytes[DataLengthOffset] << 16) | BinaryPrimitives.ReadUInt16BigEndian(Bytes[(DataLengthOffset + 1)..]);

    public ulong Lun => BinaryPrimitives.ReadUInt64BigEndian(Bytes[LunOffset..]);

    public uint TaskTag => UInt32At(TaskTagOffset);

    public uint TransferTag => UInt32At(TransferTagOffset);

    public uint CmdSn => UInt32At(CmdSnOffset);

    public uint ExpStatSn => UInt32At(ExpStatSnOffset);

    public uint UInt32At(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Bytes[offset..]);

    public ushort UInt16At(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Bytes[offset..]);

    /// <summary>Data segments are padded to words of four bytes, RFC 7143 section 11.2.3.</summary>
    public static int Padding(int dataBytes) => -dataBytes & 3;

    /// <summary>Clears a header and sets opcode, flags and data length: the start of every PDU that we send.</summary>
    public static void Begin(Span<byte> header, Opcode opcode, byte flags, int dataBytes)
    {
        header[..Length].Clear();
        header[0] = (byte)opcode;
        header[FlagsOffset] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(header[AhsLengthOffset..], (uint)dataBytes); // AHS length 0 in the top byte
    }
}
