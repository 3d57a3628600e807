using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>ORWRITE (16), SBC-3 section 5.5: the medium becomes what it was, OR the data.</summary>
internal static class OrWriteCommand
{
    public static int Accept(ScsiTask task)
    {
        BlockRange.Decode(task);
        if (!BlockRange.CheckProtection(task) || !BlockRange.Check(task) || !BlockRange.CheckTransferLength(task)
            || !BlockRange.CheckDataOut(task, task.RangeLength))
        {
            return -1;
        }
        task.Exclusive = true;
        task.ForceUnitAccess = (task.Cdb[1] & 0x08) != 0;
        return (int)task.RangeLength;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var length = (int)task.RangeLength;
        if (length == 0)
        {
            task.Good();
            return;
        }
        if (!BlockRange.HasDataOut(task.Command, length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        var scratch = MediumSteps.TryRentScratch(task, length);
        if (scratch is null)
            return;
        try
        {
            if (!await MediumSteps.TransferAsync(task, BlockOperation.Read, task.RangeOffset, length, scratch))
                return;
            Combine(scratch.Slice(0, length), task.Command.DataOut!.Slice(0, length));
            if (await MediumSteps.TransferAsync(task, BlockOperation.Write, task.RangeOffset, length, scratch, 0, task.MustBeDurable))
                task.Good();
        }
        finally
        {
            task.Target.Scratch.Return(scratch);
        }
    }

    private static void Combine(Span<byte> medium, ReadOnlySpan<byte> data)
    {
        for (var i = 0; i < medium.Length; i++)
            medium[i] |= data[i];
    }
}
