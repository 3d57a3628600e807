using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>
/// VERIFY (10), (12), (16), SBC-3 sections 5.22 to 5.24, and WRITE AND VERIFY (10), (12), (16), sections 5.33 to 5.35.
/// The medium is read in any case; BYTCHK says what it is compared with.
/// </summary>
internal static class VerifyCommand
{
    public static int AcceptVerify(ScsiTask task)
    {
        BlockRange.Decode(task);
        var byteCheck = ByteCheck(task);
        // SBC-3 table 108: 10b is reserved.
        if (byteCheck == 2)
        {
            task.InvalidField(1);
            return -1;
        }
        if (!BlockRange.CheckProtection(task) || !BlockRange.Check(task))
            return -1;
        if (byteCheck == 1 && !BlockRange.CheckTransferLength(task))
            return -1;
        // Reading the medium through must not hold up writes to it for as long as that takes.
        if (byteCheck == 0)
            task.LockLength = 0;
        var wanted = DataOutLength(task, byteCheck);
        return BlockRange.CheckDataOut(task, wanted) ? (int)wanted : -1;
    }

    public static async Task RunVerifyAsync(ScsiTask task)
    {
        var byteCheck = ByteCheck(task);
        if (!BlockRange.HasDataOut(task.Command, DataOutLength(task, byteCheck)))
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
        else if (await CompareAsync(task, byteCheck))
            task.Good();
    }

    public static int AcceptWriteAndVerify(ScsiTask task)
    {
        BlockRange.Decode(task);
        // SBC-3 section 5.33: BYTCHK is one bit here in effect, 1xb is reserved.
        if (ByteCheck(task) >= 2)
        {
            task.InvalidField(1);
            return -1;
        }
        if (!BlockRange.CheckProtection(task) || !BlockRange.Check(task) || !BlockRange.CheckTransferLength(task))
            return -1;
        var announced = BlockRange.LimitToAnnounced(task);
        task.Exclusive = true;
        return announced;
    }

    public static async Task RunWriteAndVerifyAsync(ScsiTask task)
    {
        if (task.RangeLength == 0)
        {
            task.Good();
            return;
        }
        if (!BlockRange.HasDataOut(task.Command, task.RangeLength))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        // Verifying says something about the medium only when the data has got there.
        if (await MediumSteps.TransferAsync(task, BlockOperation.Write, task.RangeOffset, task.RangeLength, task.Command.DataOut, 0, durable: true)
            && await CompareAsync(task, ByteCheck(task)))
        {
            task.Good();
        }
    }

    private static int ByteCheck(ScsiTask task) => (task.Cdb[1] >> 1) & 3;

    private static long DataOutLength(ScsiTask task, int byteCheck) => byteCheck switch
    {
        1 => task.RangeLength,
        3 => task.RangeLength == 0 ? 0 : task.BlockSize,
        _ => 0,
    };

    private static async Task<bool> CompareAsync(ScsiTask task, int byteCheck)
    {
        if (task.RangeLength == 0)
            return true;
        var size = (int)Math.Min(task.RangeLength, MediumSteps.PieceBytes);
        var scratch = MediumSteps.TryRentScratch(task, size);
        if (scratch is null)
            return false;
        try
        {
            for (long done = 0; done < task.RangeLength; done += size)
            {
                var count = (int)Math.Min(size, task.RangeLength - done);
                if (!await MediumSteps.TransferAsync(task, BlockOperation.Read, task.RangeOffset + done, count, scratch))
                    return false;
                if (byteCheck != 0 && !Matches(task, byteCheck, scratch.Slice(0, count), done))
                    return false;
            }
            return true;
        }
        finally
        {
            task.Target.Scratch.Return(scratch);
        }
    }

    private static bool Matches(ScsiTask task, int byteCheck, ReadOnlySpan<byte> medium, long done)
    {
        var data = task.Command.DataOut!;
        if (byteCheck == 1)
        {
            var same = medium.CommonPrefixLength(data.Slice((int)done, medium.Length));
            return same == medium.Length || Miscompare(task, (ulong)(done + same));
        }
        for (var at = 0; at < medium.Length; at += task.BlockSize)
        {
            var same = medium.Slice(at, task.BlockSize).CommonPrefixLength(data.Slice(0, task.BlockSize));
            if (same != task.BlockSize)
                return Miscompare(task, (ulong)(done + at + same));
        }
        return true;
    }

    /// <summary>INFORMATION holds the offset of the first byte that differs, as SBC-3 section 5.3 demands of COMPARE AND WRITE.</summary>
    internal static bool Miscompare(ScsiTask task, ulong offset)
    {
        task.Check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION, new SenseData.Details(offset));
        return false;
    }
}
