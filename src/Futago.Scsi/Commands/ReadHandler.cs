using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Commands;

/// <summary>
/// READ (6), (10), (12), (16), SBC-3 sections 5.7 to 5.10, and what else reads blocks. One request from the medium into the transport's
/// buffer.
/// </summary>
/// <param name="decode">Finds LBA and number of blocks in the CDB, or refuses it; null for that of the READ commands.</param>
internal sealed class ReadHandler(Func<ScsiTask, bool>? decode = null) : CommandHandler
{
    public override int Accept(ScsiTask task)
    {
        return (decode ?? Decode)(task) && BlockRange.Check(task) && BlockRange.CheckTransferLength(task) ? 0 : -1;
    }

    public override void Start(ScsiTask task)
    {
        var command = task.Command;
        command.TransferLength = task.RangeLength;
        // An initiator with room for less gets the beginning and an overflow residual, RFC 7143 section 11.4.5.
        var wanted = Math.Min(task.RangeLength, command.ExpectedDataIn);
        var length = (int)((wanted + task.BlockSize - 1) / task.BlockSize * task.BlockSize);
        if (length == 0)
        {
            task.Good();
            task.Finish();
            return;
        }
        var buffer = command.RentDataIn(length);
        if (buffer is null)
        {
            command.Status = ScsiStatus.BUSY;
            task.Finish();
            return;
        }
        command.DataIn = buffer;
        command.DataInOffset = 0;
        task.Operation = BlockOperation.Read;
        task.OffsetBytes = task.RangeOffset;
        task.LengthBytes = length;
        task.Buffer = buffer;
        task.BufferOffset = 0;
        task.Durable = false;
        task.Unit.Device.Submit(task);
    }

    public override void OnTransferred(ScsiTask task, BlockStatus status)
    {
        // A medium that was taken out meanwhile: these may be the bytes of another one.
        if (task.MediumGeneration != task.Unit.MediumGeneration)
        {
            task.Check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        }
        else if (status == BlockStatus.Ok)
        {
            task.Command.DataInLength = (int)Math.Min(task.RangeLength, task.Command.ExpectedDataIn);
            task.Good();
        }
        else
        {
            task.Fail(status);
        }
        task.Finish();
    }

    private static bool Decode(ScsiTask task)
    {
        BlockRange.Decode(task);
        return BlockRange.CheckProtection(task);
    }
}
