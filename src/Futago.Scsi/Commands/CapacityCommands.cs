using System.Buffers.Binary;
using System.Numerics;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>READ CAPACITY (10) and (16), SBC-3 sections 5.12 and 5.13.</summary>
internal static class CapacityCommands
{
    public static void ReadCapacity10(ScsiTask task)
    {
        // SBC-3 section 5.12.1: an LBA without PMI is an error (both are obsolete).
        if ((task.Cdb[8] & 1) == 0 && BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[2..]) != 0)
        {
            task.InvalidField(2);
            return;
        }
        Span<byte> data = stackalloc byte[8];
        var last = task.Unit.BlockCount - 1;
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)Math.Min(last, uint.MaxValue));
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], (uint)task.BlockSize);
        task.Reply(data, data.Length);
    }

    public static void ReadCapacity16(ScsiTask task)
    {
        Span<byte> data = stackalloc byte[32];
        data.Clear();
        var options = task.Unit.Options;
        BinaryPrimitives.WriteUInt64BigEndian(data, task.Unit.BlockCount - 1);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], (uint)options.BlockSize);
        // Byte 12: PROT_EN 0. Byte 13: LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT. Byte 14: LBPME, LBPRZ, lowest aligned LBA 0.
        data[13] = (byte)BitOperations.Log2((uint)(options.PhysicalBlockSize / options.BlockSize));
        data[14] = (byte)(options.Thin ? 0xc0 : 0);
        task.Reply(data, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[10..]));
    }
}
