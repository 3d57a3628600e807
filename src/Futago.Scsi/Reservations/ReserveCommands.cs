using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Reservations;

/// <summary>RESERVE and RELEASE (6) and (10), SPC-2 sections 7.16, 7.17, 7.21, 7.22: of the whole logical unit, for the nexus itself.</summary>
internal static class ReserveCommands
{
    public static void Reserve(ScsiTask task)
    {
        if (!CheckFields(task))
            return;
        task.Command.Status = task.Unit.Reservations.TryReserve(task.Nexus) ? ScsiStatus.GOOD : ScsiStatus.RESERVATION_CONFLICT;
    }

    public static void Release(ScsiTask task)
    {
        if (!CheckFields(task))
            return;
        task.Command.Status = task.Unit.Reservations.TryRelease(task.Nexus) ? ScsiStatus.GOOD : ScsiStatus.RESERVATION_CONFLICT;
    }

    /// <summary>Third-party and extent reservations are obsolete and refused.</summary>
    private static bool CheckFields(ScsiTask task)
    {
        if ((task.Cdb[1] & 0x11) == 0)
            return true;
        task.InvalidField(1);
        return false;
    }
}
