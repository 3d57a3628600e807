using Futago.Blocks;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>
/// SYNCHRONIZE CACHE (10), (16), SBC-3 sections 5.20 and 5.21. The whole device is flushed whatever the range; IMMED is taken
/// and not made use of, because an error found after GOOD could only be reported as a deferred one.
/// </summary>
internal sealed class SynchronizeCacheHandler : CommandHandler
{
    public override int Accept(ScsiTask task)
    {
        BlockRange.Decode(task);
        if (!BlockRange.Check(task))
            return -1;
        // The flush stands behind every write that is complete, not in the way of those that are not.
        task.LockLength = 0;
        return 0;
    }

    public override void Start(ScsiTask task)
    {
        task.Operation = BlockOperation.Flush;
        task.OffsetBytes = task.LengthBytes = 0;
        task.Buffer = null;
        task.Durable = true;
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
