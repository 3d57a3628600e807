using System.Buffers.Binary;

namespace Futago.Replication;

/// <summary>Writes fields one behind the other, little-endian.</summary>
internal ref struct BodyWriter(Span<byte> to)
{
    private readonly Span<byte> _to = to;

    public int Length { get; private set; }

    public void Byte(byte value) => _to[Length++] = value;

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_to[Length..], value);
        Length += 4;
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_to[Length..], value);
        Length += 8;
    }

    public void UInt64(ulong value) => Int64((long)value);

    public void Guid(Guid value)
    {
        value.TryWriteBytes(_to[Length..]);
        Length += 16;
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_to[Length..]);
        Length += value.Length;
    }
}
