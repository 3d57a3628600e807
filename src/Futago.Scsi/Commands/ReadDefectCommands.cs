using System.Buffers.Binary;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>READ DEFECT DATA (10), (12), SBC-3 sections 5.17 and 5.18: a virtual disk has no defects of its own; the lists are empty.</summary>
internal static class ReadDefectCommands
{
    private const int ShortBlockFormat = 0;
    private const int LongBlockFormat = 3;

    public static void ReadDefectData10(ScsiTask task)
    {
        if (IsSupported(task, 2))
            task.Reply([0, Flags(task.Cdb[2]), 0, 0], BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]));
    }

    public static void ReadDefectData12(ScsiTask task)
    {
        if (IsSupported(task, 1))
            task.Reply([0, Flags(task.Cdb[1]), 0, 0, 0, 0, 0, 0], BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]));
    }

    /// <summary>PLISTV, GLISTV as asked for, and the format.</summary>
    private static byte Flags(byte request) => (byte)(request & 0x1f);

    /// <summary>DEFECT LIST FORMAT: the block formats; physical sectors there are none.</summary>
    private static bool IsSupported(ScsiTask task, int at)
    {
        if ((task.Cdb[at] & 0x07) is ShortBlockFormat or LongBlockFormat)
            return true;
        task.InvalidField(at);
        return false;
    }
}
