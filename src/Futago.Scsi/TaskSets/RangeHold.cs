using Futago.Blocks;
using Futago.Scsi.Commands;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Transport;

namespace Futago.Scsi.TaskSets;

/// <summary>
/// Ranges of a logical unit that a copy holds while it works on them: a task in the unit's task set like any other, so that
/// commands wait for it and it for them. Whoever waits for a second unit's hold while keeping the first asks in the order of
/// <see cref="LogicalUnit.Order"/>; that, and both ranges of one unit in one hold, is why no two copies wait for each other.
/// </summary>
internal sealed class RangeHold : ScsiCommand
{
    private static readonly CommandDefinition Held = new("range of a copy", "00 00 00 00 00 00", DataDirection.None, ReservationAccess.Always, new HoldHandler())
    {
        Medium = true,
    };

    private readonly TaskCompletionSource<bool> _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScsiTask _task;

    private RangeHold(ScsiTarget target, LogicalUnit unit, Nexus nexus, uint tag)
    {
        Nexus = nexus;
        Tag = tag;
        Attribute = TaskAttribute.Simple;
        _task = new ScsiTask(target);
        _task.Begin(this, unit);
        _task.Definition = Held;
        _task.IsHold = true;
    }

    /// <summary>A task management function wants the copy ended.</summary>
    public bool IsAborted => _task.IsAborted;

    /// <summary>Waits for the ranges. One of the two may have length 0.</summary>
    /// <param name="write">Range that is going to be changed, in bytes.</param>
    /// <param name="read">Range that must not change, in bytes.</param>
    /// <returns>Null when the unit is being taken away, or the hold was aborted before it came into force.</returns>
    public static async Task<RangeHold?> EnterAsync(ScsiTarget target, LogicalUnit unit, Nexus nexus, uint tag, ByteRange write, ByteRange read)
    {
        var hold = new RangeHold(target, unit, nexus, tag);
        var task = hold._task;
        (task.LockOffset, task.LockLength, task.Exclusive) = (write.Offset, write.Length, write.Length > 0);
        (task.ReadLockOffset, task.ReadLockLength) = (read.Offset, read.Length);
        return unit.Tasks.Enter(task) switch
        {
            TaskSet.Entry.Run => hold,
            TaskSet.Entry.Wait when await hold._entered.Task => hold,
            _ => null,
        };
    }

    /// <summary>Lets the ranges go; others start.</summary>
    public void Leave() => _task.Finish();

    public override BlockBuffer? RentDataIn(int length) => null;

    /// <summary>Ended: by <see cref="Leave"/>, or aborted while it waited.</summary>
    public override void OnCompleted() => _entered.TrySetResult(false);

    private sealed class HoldHandler : CommandHandler
    {
        public override int Accept(ScsiTask task) => 0;

        public override void Start(ScsiTask task) => ((RangeHold)task.Command)._entered.TrySetResult(true);
    }
}
