using System.Buffers.Binary;
using System.Security.Cryptography;
using Futago.Scsi.Inquiry;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

internal enum RodTokenState : byte
{
    Good,
    /// <summary>Its data changed, or its unit went away.</summary>
    Revoked,
}

/// <summary>A representation of data, SPC-4 section 5.17.6: which ranges, of which unit, and the 512 bytes that name it.</summary>
internal sealed class RodToken
{
    public const int Length = 512;

    /// <summary>ROD types, SPC-4 table 130.</summary>
    public const uint PointInTimeChangeVulnerable = 0x0080_0001;
    public const uint PointInTimeAny = 0x0080_ffff;
    public const uint BlockDeviceZero = 0xffff_0001;

    private const int SecretOffset = 128;

    private volatile RodTokenState _state;

    public RodToken(LogicalUnit unit, IReadOnlyList<ByteRange> ranges, TimeSpan inactivityTimeout)
    {
        Unit = unit;
        Ranges = ranges;
        LengthBytes = ranges.Sum(range => range.Length);
        InactivityTimeout = inactivityTimeout;
        Bytes = Write(unit, LengthBytes);
    }

    public LogicalUnit Unit { get; }

    /// <summary>What it stands for, in the order of the ROD, in bytes of the medium.</summary>
    public IReadOnlyList<ByteRange> Ranges { get; }

    public long LengthBytes { get; }

    public TimeSpan InactivityTimeout { get; }

    /// <summary>The token as initiators keep it. Whoever knows it can use it, within <see cref="CopyManager.Find(ScsiTarget, Transport.Nexus, LogicalUnit)"/>.</summary>
    public byte[] Bytes { get; }

    public ulong Identifier => BinaryPrimitives.ReadUInt64BigEndian(Bytes.AsSpan(8));

    /// <summary>Timestamp of the clock at the last use.</summary>
    public long LastUse { get; set; }

    public RodTokenState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>ROD token format, SPC-4 section 5.17.6.4: type, length, identifier, creator, bytes represented; then our secret.</summary>
    private static byte[] Write(LogicalUnit unit, long lengthBytes)
    {
        var token = new byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(token, PointInTimeChangeVulnerable);
        BinaryPrimitives.WriteUInt16BigEndian(token.AsSpan(6), Length - 8);
        RandomNumberGenerator.Fill(token.AsSpan(8, 8));
        Designators.WriteCscd(unit, token.AsSpan(16, 32));
        // NUMBER OF BYTES REPRESENTED is 16 bytes wide.
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(56), lengthBytes);
        BinaryPrimitives.WriteInt32BigEndian(token.AsSpan(96), unit.Options.BlockSize);
        RandomNumberGenerator.Fill(token.AsSpan(SecretOffset));
        return token;
    }
}
