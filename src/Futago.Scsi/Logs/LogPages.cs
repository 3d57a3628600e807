using System.Buffers.Binary;
using System.Numerics;
using Futago.Blocks;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Logs;

/// <summary>The log pages of a disk. Only what is known is in them: a virtual disk has no temperature and no error counters.</summary>
internal static class LogPages
{
    public const byte Supported = 0x00;

    /// <summary>Space is counted in sets of this size, in bytes (THRESHOLD EXPONENT of VPD page B2h).</summary>
    public const int ThresholdSetBytes = 1 << 20;

    /// <summary>Resources are shared with other volumes of the group, SBC-3 section 6.4.5.2.2.</summary>
    private const byte Shared = 0x02;
    private const byte Dedicated = 0x01;

    public static IReadOnlyList<LogPage> All { get; } =
    [
        // Logical block provisioning, SBC-3 section 6.4.5: available and used resources.
        new(0x0c, unit => unit.Options.Thin && unit.Device is IBlockSpace, Provisioning),

        // Informational exceptions, SPC-4 section 7.3.11: none, and no temperature.
        new(0x2f, _ => true, _ => [new LogParameter(0, [0, 0, 0xff, 0])]),
    ];

    /// <summary>THRESHOLD EXPONENT: a set is 2 to this power in logical blocks.</summary>
    public static byte ThresholdExponent(LogicalUnit unit) => (byte)BitOperations.Log2((uint)(ThresholdSetBytes / unit.Options.BlockSize));

    private static IReadOnlyList<LogParameter> Provisioning(LogicalUnit unit) => ((IBlockSpace)unit.Device).GetSpace() is { } space
        ? [new LogParameter(1, Resource(space.AvailableBytes, Shared)), new LogParameter(2, Resource(space.UsedBytes, Dedicated))]
        : [];

    private static byte[] Resource(long bytes, byte scope)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(value, (uint)Math.Min(bytes / ThresholdSetBytes, uint.MaxValue));
        value[4] = scope;
        return value;
    }
}
