using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>START STOP UNIT, SBC-3 section 5.19, MMC-5 section 6.42: stopping flushes; LOEJ ejects and loads a removable medium.</summary>
internal static class StartStopCommand
{
    private const byte Start = 0x01;
    private const byte LoadEject = 0x02;
    private const byte NoFlush = 0x04;

    public static int Accept(ScsiTask task)
    {
        var flags = task.Cdb[4];
        var powerCondition = flags >> 4;
        // SBC-3 section 5.19: with a POWER CONDITION the other bits mean nothing.
        if (powerCondition != 0 || (flags & LoadEject) == 0)
            return 0;
        if (!task.Unit.Options.Removable)
        {
            task.InvalidField(4);
            return -1;
        }
        // Prevention keeps the medium where it is, inside or outside.
        if (task.Unit.IsRemovalPrevented)
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
            return -1;
        }
        return 0;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var flags = task.Cdb[4];
        var powerCondition = flags >> 4;
        if ((flags & Start) == 0 && (flags & NoFlush) == 0 && task.Unit.NoMedium is null
            && !await MediumSteps.TransferAsync(task, BlockOperation.Flush, 0, 0, null))
        {
            return;
        }
        if (powerCondition == 0 && (flags & LoadEject) != 0)
            task.Unit.SetEjected((flags & Start) == 0, task.Nexus.Id);
        task.Good();
    }
}
