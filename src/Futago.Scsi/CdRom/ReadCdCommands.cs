using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.CdRom;

/// <summary>
/// READ CD and READ CD MSF, MMC-5 sections 6.19 and 6.20, of the user data. An image holds neither headers nor error correction codes of
/// its sectors, and none are invented.
/// </summary>
internal static class ReadCdCommands
{
    private const byte UserData = 0x10;

    public static bool Decode(ScsiTask task)
    {
        var cdb = task.Cdb;
        task.FirstLba = BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]);
        // TRANSFER LENGTH has three bytes.
        task.BlockCount = BinaryPrimitives.ReadUInt32BigEndian(cdb[5..]) & 0xff_ffff;
        return CheckSelection(task);
    }

    public static bool DecodeMsf(ScsiTask task)
    {
        if (!TryReadMsf(task, 3, out var start) || !TryReadMsf(task, 6, out var end))
            return false;
        // MMC-5 section 6.20.2: a start behind the end is an error, the same is no data.
        if (start > end)
        {
            task.InvalidField(6);
            return false;
        }
        task.FirstLba = (ulong)start;
        task.BlockCount = (ulong)(end - start);
        return CheckSelection(task);
    }

    private static bool CheckSelection(ScsiTask task)
    {
        var cdb = task.Cdb;
        // MMC-5 section 6.19.2.1: any type, or Mode 1, is what a data track has; and DVDs are not read this way.
        if (!Disc.IsCd(task.Unit) || (cdb[1] >> 2 & 7) is not (0 or 2))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.ILLEGAL_MODE_FOR_THIS_TRACK);
            return false;
        }
        // MMC-5 section 6.19.2.5: main channel selection; nothing at all is allowed and transfers nothing.
        var selection = cdb[9] & 0xfe;
        if (selection is not (0 or UserData))
        {
            task.InvalidField(9);
            return false;
        }
        if ((cdb[10] & 7) != 0)
        {
            task.InvalidField(10);
            return false;
        }
        if (selection == 0)
            task.BlockCount = 0;
        return true;
    }

    private static bool TryReadMsf(ScsiTask task, int at, out int lba)
    {
        int minute = task.Cdb[at], second = task.Cdb[at + 1], frame = task.Cdb[at + 2];
        lba = (minute * Disc.SecondsPerMinute + second) * Disc.SectorsPerSecond + frame - Disc.FirstMsfSector;
        if (second < Disc.SecondsPerMinute && frame < Disc.SectorsPerSecond && lba >= 0)
            return true;
        task.InvalidField(at);
        return false;
    }
}
