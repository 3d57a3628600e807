using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.CdRom;

/// <summary>MECHANISM STATUS, MMC-5 section 6.10: no changer, so a header without slot tables; DOOR OPEN after an eject.</summary>
internal static class MechanismStatusCommand
{
    public static void Run(ScsiTask task)
    {
        var open = task.Unit.NoMedium == AdditionalSense.MEDIUM_NOT_PRESENT_TRAY_OPEN;
        task.Reply([0, (byte)(open ? 0x10 : 0), 0, 0, 0, 0, 0, 0], BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[8..]));
    }
}
