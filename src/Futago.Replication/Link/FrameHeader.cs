using System.Buffers.Binary;

namespace Futago.Replication;

/// <summary>The first 32 bytes of a frame; see docs/protocol/replication-link.md.</summary>
/// <param name="BodyLength">Bytes of fields behind the header.</param>
/// <param name="PayloadLength">Bytes of data behind the fields.</param>
/// <param name="Checksum">CRC-32C of the header with this field 0, the body and, in version 1, the payload.</param>
internal readonly record struct FrameHeader(MessageType Type, int BodyLength, int PayloadLength, long Number, ulong Term, uint Checksum)
{
    public const int Bytes = 32;
    public const ushort Magic = 0x4D46;

    /// <summary>The checksum covers the payload.</summary>
    public const byte Version1 = 1;

    /// <summary>The payload is under the protection of TLS, which is stronger; the checksum covers the rest.</summary>
    public const byte Version2 = 2;

    /// <summary>A digest per block, a page of bits, a small value: nothing needs more.</summary>
    public const int BodyMaximum = ReplicaCore.BlobBytesMaximum + 256;
    public const int PayloadMaximum = Blocks.BlockBufferPool.MaximumBytes;

    public void WriteTo(Span<byte> to, byte version = Version1)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, Magic);
        to[2] = version;
        to[3] = (byte)Type;
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], BodyLength);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], PayloadLength);
        BinaryPrimitives.WriteInt64LittleEndian(to[12..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(to[20..], Term);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], Checksum);
    }

    /// <summary>Checks both lengths against their limits before anybody waits for, or makes room for, what they announce.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, byte version, out FrameHeader header)
    {
        header = default;
        if (BinaryPrimitives.ReadUInt16LittleEndian(from) != Magic || from[2] != version)
            return false;
        header = new FrameHeader(
            (MessageType)from[3],
            BinaryPrimitives.ReadInt32LittleEndian(from[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[28..]));
        return header.Type is >= MessageType.Hello and <= MessageType.Pong
            && header.BodyLength is >= 0 and <= BodyMaximum
            && header.PayloadLength is >= 0 and <= PayloadMaximum
            && (header.PayloadLength == 0 || header.Type is MessageType.Write or MessageType.ReadReply);
    }
}
