using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>
/// WRITE SAME (10), (16), SBC-3 sections 5.42 and 5.43, and NDOB of SBC-4. Zeros become unmapping or zeroing of the range;
/// anything else is written block after block, also with UNMAP set: what is read back is always the pattern.
/// </summary>
internal static class WriteSameCommand
{
    /// <summary>
    /// MAXIMUM WRITE SAME LENGTH of VPD page B0h of a thin unit, in blocks. UNMAP, which has no limit, is its way for more; a
    /// limit here keeps initiators from concluding that any WRITE of that length works too. Thick units have none (0).
    /// </summary>
    public const int MaximumThinBlocks = 0x8000;

    private const byte Anchor = 0x10;
    private const byte Unmap = 0x08;
    private const byte NoDataOutBuffer = 0x01;

    public static int Accept(ScsiTask task)
    {
        BlockRange.Decode(task);
        var flags = task.Cdb[1];
        var noData = task.CdbGroup == 4 && (flags & NoDataOutBuffer) != 0;
        // ANCHOR makes sense only together with UNMAP, and UNMAP only with logical block provisioning (LBPWS, LBPWS10).
        if (((flags & Anchor) != 0 && (flags & Unmap) == 0) || ((flags & Unmap) != 0 && !task.Unit.Options.Thin))
        {
            task.InvalidField(1);
            return -1;
        }
        if (!BlockRange.CheckProtection(task))
            return -1;
        // WSNZ: a thin unit refuses 0 blocks; on a thick one they mean up to the last block.
        if (task.BlockCount == 0 && task.Unit.Options.Thin)
        {
            task.InvalidField(task.CdbGroup == 4 ? 10 : 7);
            return -1;
        }
        if (task.BlockCount == 0 && task.FirstLba <= task.Unit.BlockCount)
            task.BlockCount = task.Unit.BlockCount - task.FirstLba;
        var wanted = noData ? 0 : task.BlockSize;
        if (!BlockRange.Check(task))
            return -1;
        // SBC-3 section 5.42: more than the maximum is an invalid field.
        if (task.Unit.Options.Thin && task.BlockCount > MaximumThinBlocks)
        {
            task.InvalidField(task.CdbGroup == 4 ? 10 : 7);
            return -1;
        }
        if (!BlockRange.CheckExactDataOut(task, wanted))
            return -1;
        task.Exclusive = true;
        return wanted;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var flags = task.Cdb[1];
        var noData = task.CdbGroup == 4 && (flags & NoDataOutBuffer) != 0;
        if (!noData && !BlockRange.HasDataOut(task.Command, task.BlockSize))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        bool done;
        if (noData || !task.Command.DataOut!.Slice(0, task.BlockSize).ContainsAnyExcept((byte)0))
        {
            var unmap = (flags & Unmap) != 0 && (flags & Anchor) == 0 && task.Unit.Device.UnmapGranularityBytes > 0;
            done = await MediumSteps.DeallocateAsync(task, unmap ? BlockOperation.Unmap : BlockOperation.WriteZeroes,
                task.RangeOffset, task.RangeLength);
        }
        else
        {
            done = await FillAsync(task);
        }
        if (done && await MediumSteps.MakeDurableAsync(task))
            task.Good();
    }

    private static async Task<bool> FillAsync(ScsiTask task)
    {
        var size = (int)Math.Min(task.RangeLength, MediumSteps.PieceBytes);
        if (size == 0)
            return true;
        var pattern = MediumSteps.TryRentScratch(task, size);
        if (pattern is null)
            return false;
        try
        {
            var block = task.Command.DataOut!.Slice(0, task.BlockSize);
            for (var at = 0; at < size; at += block.Length)
                block.CopyTo(pattern.Slice(at, block.Length));
            for (long done = 0; done < task.RangeLength; done += size)
            {
                var count = Math.Min(size, task.RangeLength - done);
                if (!await MediumSteps.TransferAsync(task, BlockOperation.Write, task.RangeOffset + done, count, pattern))
                    return false;
            }
            return true;
        }
        finally
        {
            task.Target.Scratch.Return(pattern);
        }
    }
}
