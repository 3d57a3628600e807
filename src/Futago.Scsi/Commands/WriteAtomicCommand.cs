using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>
/// WRITE ATOMIC (16), SBC-4 section 5.45: after a crash the blocks hold all of the data or none of it. Offered only where the unit has
/// a way to keep that promise (<see cref="Futago.Blocks.Atomic.IAtomicWriter"/>); atomic against other commands is every write.
/// </summary>
internal static class WriteAtomicCommand
{
    public static int Accept(ScsiTask task)
    {
        task.FirstLba = BinaryPrimitives.ReadUInt64BigEndian(task.Cdb[2..]);
        task.BlockCount = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[12..]);
        if (!BlockRange.CheckProtection(task) || !BlockRange.Check(task))
            return -1;
        // ATOMIC BOUNDARY: parts of a write that may be torn apart are not supported (VPD page B0h says 0).
        if (BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[10..]) != 0)
        {
            task.InvalidField(10);
            return -1;
        }
        if (task.RangeLength > task.Unit.AtomicWriter!.MaximumBytes)
        {
            task.InvalidField(12);
            return -1;
        }
        task.Exclusive = true;
        // Less than all of it would not be what was to be atomic.
        return BlockRange.CheckExactDataOut(task, task.RangeLength) ? (int)task.RangeLength : -1;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var length = (int)task.RangeLength;
        if (!BlockRange.HasDataOut(task.Command, length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        var status = length == 0 ? BlockStatus.Ok : await task.Unit.AtomicWriter!.WriteAsync(task.RangeOffset, length, task.Command.DataOut!, 0);
        if (status == BlockStatus.Ok)
            task.Good();
        else
            task.Fail(status);
    }
}
