using Futago.Blocks;
using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Commands;

/// <summary>Steps that slow commands are made of. Each sets the outcome of the task when it fails, and says whether to go on.</summary>
internal static class MediumSteps
{
    /// <summary>Data is read, compared and filled in pieces of this size, in bytes.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>Ranges are unmapped and zeroed in pieces of this size, in bytes; an abort waits for one of them.</summary>
    public const long DeallocationPieceBytes = 1L << 30;

    /// <summary>A scratch buffer, or null with BUSY as the outcome. The caller returns it to <see cref="ScsiTarget.Scratch"/>.</summary>
    public static BlockBuffer? TryRentScratch(ScsiTask task, int length)
    {
        var buffer = task.Target.Scratch.TryRent(length);
        if (buffer is null)
            task.Command.Status = ScsiStatus.BUSY;
        return buffer;
    }

    public static async Task<bool> TransferAsync(ScsiTask task, BlockOperation operation, long offset, long length, BlockBuffer? buffer,
        int bufferOffset = 0, bool durable = false)
    {
        if (task.IsAborted)
            return false;
        var status = await task.Unit.Device.RunAsync(operation, offset, length, buffer, durable, bufferOffset);
        if (status == BlockStatus.Ok)
            return true;
        task.Fail(status);
        return false;
    }

    /// <summary>Unmaps or zeroes a range in pieces.</summary>
    public static async Task<bool> DeallocateAsync(ScsiTask task, BlockOperation operation, long offset, long length)
    {
        while (length > 0)
        {
            var count = Math.Min(length, DeallocationPieceBytes);
            if (!await TransferAsync(task, operation, offset, count, null))
                return false;
            offset += count;
            length -= count;
        }
        return true;
    }

    /// <summary>Makes the changes of a command durable when they have to be before it is acknowledged (I11).</summary>
    public static async Task<bool> MakeDurableAsync(ScsiTask task) =>
        !task.MustBeDurable || await TransferAsync(task, BlockOperation.Flush, 0, 0, null);
}
