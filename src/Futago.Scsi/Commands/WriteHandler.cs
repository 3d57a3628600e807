using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>WRITE (6), (10), (12), (16), SBC-3 sections 5.28 to 5.31. One request from the transport's buffer to the medium.</summary>
internal sealed class WriteHandler : CommandHandler
{
    private const byte ForceUnitAccess = 0x08;

    public override int Accept(ScsiTask task)
    {
        BlockRange.Decode(task);
        if (!BlockRange.CheckProtection(task) || !BlockRange.Check(task) || !BlockRange.CheckTransferLength(task))
            return -1;
        var announced = BlockRange.LimitToAnnounced(task);
        task.Exclusive = true;
        // FUA_NV (bit 1) asks for less than FUA and is met by whatever the unit does anyway.
        task.ForceUnitAccess = task.CdbGroup != 0 && (task.Cdb[1] & ForceUnitAccess) != 0;
        return announced;
    }

    public override void Start(ScsiTask task)
    {
        if (task.RangeLength == 0)
        {
            task.Good();
            task.Finish();
            return;
        }
        if (!BlockRange.HasDataOut(task.Command, task.RangeLength))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            task.Finish();
            return;
        }
        task.Operation = BlockOperation.Write;
        task.OffsetBytes = task.RangeOffset;
        task.LengthBytes = task.RangeLength;
        task.Buffer = task.Command.DataOut;
        task.BufferOffset = 0;
        task.Durable = task.MustBeDurable;
        task.Unit.Device.Submit(task);
    }

    public override void OnTransferred(ScsiTask task, BlockStatus status)
    {
        if (status == BlockStatus.Ok)
            task.Good();
        else
            task.Fail(status);
        task.Finish();
    }
}
