using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Commands;

/// <summary>Decodes LBA and transfer length of the read and write families and checks them, SBC-3 chapter 5.</summary>
internal static class BlockRange
{
    /// <summary>MAXIMUM TRANSFER LENGTH of VPD page B0h, in bytes.</summary>
    public const int MaximumTransferBytes = 8 << 20;

    /// <summary>LBA and number of blocks by the group code of the operation code, SPC-4 section 4.3.4.</summary>
    public static void Decode(ScsiTask task)
    {
        var cdb = task.Cdb;
        switch (cdb[0] >> 5)
        {
            case 0:
                task.FirstLba = (ulong)(BinaryPrimitives.ReadUInt32BigEndian(cdb) & 0x1f_ffff);
                // SBC-3 sections 5.7 and 5.28: 0 means 256 blocks in the six-byte commands.
                task.BlockCount = cdb[4] == 0 ? 256u : cdb[4];
                break;
            case 1 or 2:
                task.FirstLba = BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]);
                task.BlockCount = BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]);
                break;
            case 5:
                task.FirstLba = BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]);
                task.BlockCount = BinaryPrimitives.ReadUInt32BigEndian(cdb[6..]);
                break;
            default:
                task.FirstLba = BinaryPrimitives.ReadUInt64BigEndian(cdb[2..]);
                task.BlockCount = BinaryPrimitives.ReadUInt32BigEndian(cdb[10..]);
                break;
        }
    }

    /// <summary>Refuses a range that is not within the medium and sets the byte range of the task.</summary>
    public static bool Check(ScsiTask task)
    {
        var capacity = task.Unit.BlockCount;
        // SBC-3 section 4.5: LBA plus length, in 64 bits and without the sum that could wrap.
        if (task.FirstLba > capacity || task.BlockCount > capacity - task.FirstLba)
        {
            task.OutOfRange(Math.Max(task.FirstLba, capacity));
            return false;
        }
        task.RangeOffset = (long)task.FirstLba * task.BlockSize;
        task.RangeLength = (long)task.BlockCount * task.BlockSize;
        task.LockOffset = task.RangeOffset;
        task.LockLength = task.RangeLength;
        return true;
    }

    /// <summary>Refuses more than the MAXIMUM TRANSFER LENGTH, SBC-3 section 6.6.4: INVALID FIELD IN CDB.</summary>
    public static bool CheckTransferLength(ScsiTask task)
    {
        if (task.RangeLength <= MaximumTransferBytes)
            return true;
        task.InvalidField((task.Cdb[0] >> 5) switch { 0 => 4, 1 or 2 => 7, 5 => 6, _ => 10 });
        return false;
    }

    /// <summary>RDPROTECT, WRPROTECT and VRPROTECT: without protection information only 000b is valid, SBC-3 section 4.22.</summary>
    public static bool CheckProtection(ScsiTask task)
    {
        if (task.Cdb[0] >> 5 == 0 || (task.Cdb[1] & 0xe0) == 0)
            return true;
        task.InvalidField(1);
        return false;
    }

    /// <summary>The initiator must have announced as much data as the CDB asks for: half a block is never written.</summary>
    public static bool CheckDataOut(ScsiTask task, long wanted)
    {
        task.Command.TransferLength = wanted;
        if (task.Command.ExpectedDataOut >= wanted)
            return true;
        task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
        return false;
    }

    /// <summary>
    /// An initiator that announces less data than its CDB asks for gets the overflow residual, RFC 7143 section 11.4.5.2, and
    /// the whole blocks that it did send are written; half a block never is.
    /// </summary>
    /// <returns>Bytes of data-out to gather.</returns>
    public static int LimitToAnnounced(ScsiTask task)
    {
        task.Command.TransferLength = task.RangeLength;
        var announced = (int)Math.Min(task.RangeLength, task.Command.ExpectedDataOut);
        task.RangeLength = task.LockLength = announced - announced % task.BlockSize;
        return announced;
    }

    /// <summary>For commands whose data is no plain multiple of the range: more is as wrong as less.</summary>
    public static bool CheckExactDataOut(ScsiTask task, long wanted)
    {
        if (!CheckDataOut(task, wanted))
            return false;
        if (task.Command.ExpectedDataOut == wanted)
            return true;
        task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
        return false;
    }

    /// <summary>Data-out is complete; a transport that executes without it is at fault.</summary>
    public static bool HasDataOut(ScsiCommand command, long wanted) => wanted == 0 || (command.DataOut is not null && command.DataOutLength >= wanted);
}
