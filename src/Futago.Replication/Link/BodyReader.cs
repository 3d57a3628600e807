using System.Buffers.Binary;

namespace Futago.Replication;

/// <summary>Mirror of <see cref="BodyWriter"/>. Reading beyond the end gives zeros and makes <see cref="IsComplete"/> false.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> from)
{
    private ReadOnlySpan<byte> _rest = from;
    private bool _short;

    /// <summary>Everything was there, and nothing is left.</summary>
    public readonly bool IsComplete => !_short && _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    public byte Byte() => Take(1) is { IsEmpty: false } b ? b[0] : (byte)0;

    /// <summary>0 or 1; anything else is an error.</summary>
    public bool Flag()
    {
        var value = Byte();
        _short |= value > 1;
        return value == 1;
    }

    public int Int32() => Take(4) is { IsEmpty: false } b ? BinaryPrimitives.ReadInt32LittleEndian(b) : 0;

    public long Int64() => Take(8) is { IsEmpty: false } b ? BinaryPrimitives.ReadInt64LittleEndian(b) : 0;

    public ulong UInt64() => (ulong)Int64();

    public Guid Guid() => Take(16) is { IsEmpty: false } b ? new Guid(b) : default;

    public ReadOnlySpan<byte> Raw(int length) => Take(length);

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            _short = true;
            _rest = default;
            return default;
        }
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
