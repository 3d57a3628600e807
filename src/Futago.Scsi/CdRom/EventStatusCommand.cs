using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.CdRom;

/// <summary>GET EVENT STATUS NOTIFICATION, MMC-5 section 6.7: how hosts learn of a changed medium. Polled only.</summary>
internal static class EventStatusCommand
{
    private const byte NoEventAvailable = 0x80;
    private const byte OperationalChange = 1;
    private const byte Media = 4;
    private const byte Supported = 1 << OperationalChange | 1 << Media;
    private const int HeaderBytes = 4;

    public static void Run(ScsiTask task)
    {
        // MMC-5 section 6.7.1: without Polled the command would wait for an event, which is not offered.
        if ((task.Cdb[1] & 1) == 0)
        {
            task.InvalidField(1);
            return;
        }
        var allocation = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]);
        var wanted = task.Cdb[4] & Supported;
        if (wanted == 0)
        {
            // None of the classes is supported: NEA, and no event descriptor.
            task.Reply([0, HeaderBytes - 2, NoEventAvailable, Supported], allocation);
            return;
        }
        // MMC-5 section 6.7.2: one class per answer, the one with the lowest number, that is of the highest priority.
        var isChange = (wanted & 1 << OperationalChange) != 0;
        // No event was delivered, and none is taken, when there is no room for it.
        var room = allocation >= HeaderBytes + 4 && task.Command.ExpectedDataIn >= HeaderBytes + 4;
        var descriptor = isChange ? [] : MediaEvent(task, room);
        byte[] data = [0, 6, isChange ? OperationalChange : Media, Supported, 0, 0, 0, 0];
        descriptor.CopyTo(data, HeaderBytes);
        task.Reply(data, allocation);
    }

    /// <summary>Media event descriptor, MMC-5 section 6.7.3: event code, and whether tray is open and medium present.</summary>
    private static byte[] MediaEvent(ScsiTask task, bool take)
    {
        const byte NewMedia = 2;
        const byte MediaRemoval = 3;
        var missing = task.Unit.NoMedium;
        var changed = take && task.Unit.MediumEvents.Take(task.Nexus.Id);
        var status = missing is null ? 0x02 : missing == AdditionalSense.MEDIUM_NOT_PRESENT_TRAY_OPEN ? 0x01 : 0;
        return [changed ? missing is null ? NewMedia : MediaRemoval : (byte)0, (byte)status];
    }
}
