using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>
/// COMPARE AND WRITE, SBC-3 section 5.3. Atomic against every other command on the range, because the task set holds it
/// exclusively from the read to the write.
/// </summary>
internal static class CompareAndWriteCommand
{
    /// <summary>MAXIMUM COMPARE AND WRITE LENGTH of VPD page B0h, in blocks: all that the one-byte field can say.</summary>
    public const int MaximumBlocks = 255;

    public static int Accept(ScsiTask task)
    {
        BlockRange.Decode(task);
        task.BlockCount = task.Cdb[13];
        if (!BlockRange.CheckProtection(task) || !BlockRange.Check(task))
            return -1;
        // The data-out buffer holds the compare instance and the write instance, SBC-3 section 5.3. Another amount of data
        // means that the number of blocks is not what the initiator meant (256 do not fit into its byte).
        task.Command.TransferLength = 2 * task.RangeLength;
        if (task.Command.ExpectedDataOut != 2 * task.RangeLength)
        {
            task.InvalidField(13);
            return -1;
        }
        task.Exclusive = true;
        task.ForceUnitAccess = (task.Cdb[1] & 0x08) != 0;
        return (int)(2 * task.RangeLength);
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var length = (int)task.RangeLength;
        if (length == 0)
        {
            task.Good();
            return;
        }
        if (!BlockRange.HasDataOut(task.Command, 2L * length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        var data = task.Command.DataOut!;
        var scratch = MediumSteps.TryRentScratch(task, length);
        if (scratch is null)
            return;
        try
        {
            if (!await MediumSteps.TransferAsync(task, BlockOperation.Read, task.RangeOffset, length, scratch))
                return;
            var same = scratch.Slice(0, length).CommonPrefixLength(data.Slice(0, length));
            if (same != length)
            {
                VerifyCommand.Miscompare(task, (ulong)same);
                return;
            }
        }
        finally
        {
            task.Target.Scratch.Return(scratch);
        }
        if (await MediumSteps.TransferAsync(task, BlockOperation.Write, task.RangeOffset, length, data, length, task.MustBeDurable))
            task.Good();
    }
}
