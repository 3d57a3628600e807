using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Copy;

/// <summary>VPD page 8Fh, SPC-4 section 7.8.17: what the copy manager can do, as a list of descriptors.</summary>
internal static class ThirdPartyCopyPage
{
    public static byte[] Write(LogicalUnit unit)
    {
        var page = new List<byte>();
        Add(page, 0x0000, BlockDeviceRodLimits(unit));
        Add(page, 0x0001, SupportedCommands());
        Add(page, 0x0004, ParameterData());
        Add(page, 0x0008, [2, CopyLimits.SegmentType, CopyLimits.CscdType]);
        Add(page, 0x000c, [0, 2, CopyLimits.ReceivingUnit >> 8, CopyLimits.ReceivingUnit & 0xff]);
        Add(page, 0x0108, SupportedRodTypes());
        Add(page, 0x8001, GeneralOperations(unit));
        return [.. page];
    }

    /// <summary>Type, length, body; the length makes every descriptor a multiple of four bytes.</summary>
    private static void Add(List<byte> page, int type, byte[] body)
    {
        var length = (body.Length + 3) / 4 * 4;
        page.AddRange([(byte)(type >> 8), (byte)type, (byte)(length >> 8), (byte)length]);
        page.AddRange(body);
        page.AddRange(new byte[length - body.Length]);
    }

    /// <summary>Block device ROD token limits, SBC-3 section 6.6.7.3. What Windows decides by.</summary>
    private static byte[] BlockDeviceRodLimits(LogicalUnit unit)
    {
        var body = new byte[0x20];
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), CopyLimits.RangeDescriptors);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), RodTokens.MaximumTimeoutSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(12), RodTokens.DefaultTimeoutSeconds);
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(16), CopyLimits.TokenBytes / unit.Options.BlockSize);
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(24), CopyLimits.OptimalTransferBytes / unit.Options.BlockSize);
        return body;
    }

    /// <summary>Operation codes with their service actions, from the table of operation codes.</summary>
    private static byte[] SupportedCommands()
    {
        var body = new List<byte> { 0 };
        foreach (var commands in CommandTable.All.Where(command => command.OperationCode is 0x83 or 0x84).GroupBy(command => command.OperationCode))
        {
            body.AddRange([commands.Key, (byte)commands.Count()]);
            body.AddRange(commands.Select(command => (byte)command.ServiceAction!.Value));
        }
        body[0] = (byte)(body.Count - 1);
        return [.. body];
    }

    private static byte[] ParameterData()
    {
        var body = new byte[0x1c];
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), CopyLimits.CscdDescriptors);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), CopyLimits.SegmentDescriptors);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), CopyLimits.DescriptorListBytes);
        return body;
    }

    /// <summary>Supported ROD types, SPC-4 section 7.8.17.10: TOKEN_OUT for what can be made, TOKEN_IN for what can be used.</summary>
    private static byte[] SupportedRodTypes()
    {
        const int DescriptorLength = 64;
        var body = new byte[4 + 2 * DescriptorLength];
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), 2 * DescriptorLength);
        var pointInTime = body.AsSpan(4);
        BinaryPrimitives.WriteUInt32BigEndian(pointInTime, RodToken.PointInTimeChangeVulnerable);
        pointInTime[4] = 0x03;
        BinaryPrimitives.WriteUInt16BigEndian(pointInTime[6..], 0x8000);
        var zero = body.AsSpan(4 + DescriptorLength);
        BinaryPrimitives.WriteUInt32BigEndian(zero, RodToken.BlockDeviceZero);
        zero[4] = 0x02;
        BinaryPrimitives.WriteUInt16BigEndian(zero[6..], 0x8000);
        return body;
    }

    private static byte[] GeneralOperations(LogicalUnit unit)
    {
        var body = new byte[0x20];
        BinaryPrimitives.WriteUInt32BigEndian(body, CopyLimits.ConcurrentCopies);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), CopyOperations.MaximumPerNexus);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), CopyLimits.SegmentBytes);
        body[12] = (byte)System.Numerics.BitOperations.Log2((uint)unit.Options.BlockSize);
        return body;
    }
}
