using Futago.Blocks;
using Futago.Scsi.Transport;

namespace Futago.Iscsi.Session;

/// <summary>
/// A task from its arrival to the SCSI layer: its turn in the command order, gathering its data-out (immediate, unsolicited,
/// asked for by R2T), and the ways out before execution. Everything here runs under <see cref="Gate"/>.
/// </summary>
internal sealed partial class IscsiSession
{
    private IScsiTarget Scsi => Definition!.Scsi;

    /// <summary>The task's turn has come: the SCSI layer looks at it and says how much data it wants.</summary>
    public void Deliver(TaskSlot task)
    {
        task.Delivered = true;
        if (task.Discarding)
            return;
        task.Nexus = Nexus!;
        var wanted = Scsi.Accept(task);
        if (wanted < 0)
        {
            task.Discarding = true;
            return;
        }
        // The contract caps this; a bug there must not become a write beyond the buffer here.
        if (wanted > task.ExpectedDataOut)
            throw new InvalidOperationException("The SCSI layer wants more data than the initiator sends.");
        task.Wanted = wanted;
        if (wanted > BlockBufferPool.MaximumBytes)
        {
            Turn(task, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
            return;
        }
        if (wanted == 0 || task.DataOut is not null)
            return;
        task.DataOut = Pool.TryRent(wanted);
        if (task.DataOut is not null)
            return;
        // Back-pressure instead of growth: the initiator tries again later.
        task.Status = ScsiStatus.TASK_SET_FULL;
        task.TransferLength = task.ExpectedDataIn + task.ExpectedDataOut;
        task.Discarding = true;
    }

    /// <summary>Takes the next step that is possible: answer, execute, or ask for more data.</summary>
    public void Progress(TaskSlot task)
    {
        if (!task.Delivered || task.Receiving || task.UnsolicitedOpen || task.State != TaskState.Gathering)
            return;
        if (task.Discarding)
        {
            task.State = TaskState.Responding;
            task.Connection.Enqueue(task.Response);
            return;
        }
        if (task.NextOffset >= task.Wanted && task.R2tCount == 0)
        {
            task.DataOutLength = task.Wanted;
            task.State = TaskState.Executing;
            ExecutionStarted();
            Execute(task);
            return;
        }
        // What came unsolicited need not be asked for.
        task.NextR2tOffset = Math.Max(task.NextR2tOffset, task.NextOffset);
        var limit = Math.Min(Parameters.MaxOutstandingR2T, TaskSlot.MaximumR2ts);
        while (task.R2tCount < limit && task.NextR2tOffset < task.Wanted)
        {
            // RFC 7143 section 11.8: one R2T asks for at most MaxBurstLength.
            var length = (int)Math.Min(Parameters.MaxBurstLength, task.Wanted - task.NextR2tOffset);
            task.Connection.Enqueue(task.AddR2t(length));
        }
    }

    private void Execute(TaskSlot task)
    {
        task.ExecutedAt = Time.GetTimestamp();
        try
        {
            Scsi.Execute(task);
        }
        catch
        {
            // The connection falls with the exception; the session must not wait for the command.
            task.GiveUp();
            throw;
        }
    }

    /// <summary>Ends a gathering task with CHECK CONDITION; its data is thrown away from now on.</summary>
    public static void Fail(TaskSlot task, SenseKey key, AdditionalSense sense)
    {
        Turn(task, key, sense);
        task.CancelR2ts();
        task.UnsolicitedOpen = false;
    }

    private static void Turn(TaskSlot task, SenseKey key, AdditionalSense additional)
    {
        task.Discarding = true;
        task.Status = ScsiStatus.CHECK_CONDITION;
        task.TransferLength = 0;
        // Fixed format, SPC-4 section 4.5.3.
        var sense = task.BeginSense(18);
        sense[0] = 0x70;
        sense[2] = (byte)key;
        sense[7] = 10;
        sense[12] = (byte)((int)additional >> 8);
        sense[13] = (byte)additional;
    }

    /// <summary>Forgets a gathering task without a response: it was aborted.</summary>
    public void Drop(TaskSlot task)
    {
        task.CancelR2ts();
        task.UnsolicitedOpen = false;
        if (!task.Delivered && !task.Immediate)
        {
            var index = task.CmdSn % (uint)Held.Length;
            if (Held[index] is { } held && held.Task == task)
                Held[index] = held with { Task = null, CompletesWindow = false };
        }
        if (task.Receiving)
        {
            task.DropPending = true;
            return;
        }
        task.State = TaskState.Responding;
        task.Response.Abandon();
        task.Response.Released();
    }

    /// <summary>A PDU's payload is in; the task may have been dropped meanwhile.</summary>
    public void EndReceiving(TaskSlot task)
    {
        task.Receiving = false;
        if (!task.DropPending)
            return;
        task.DropPending = false;
        Drop(task);
    }

    /// <summary>
    /// Ends tasks without responses: those that gather are dropped, those that execute are aborted through the SCSI layer.
    /// </summary>
    private void AbortTasks(Func<TaskSlot, bool> affected)
    {
        var executing = new List<(ulong Lun, uint Tag)>();
        lock (Gate)
        {
            for (var i = 0; i < Tasks.Created; i++)
            {
                if (Tasks.At(i) is not { } task || !affected(task))
                    continue;
                if (task.State == TaskState.Gathering)
                    Drop(task);
                if (task.State != TaskState.Executing)
                    continue;
                task.AbortRequested = true;
                executing.Add((task.LunField, task.Tag));
            }
        }
        if (_closing)
        {
            foreach (var lun in executing.Select(e => e.Lun).Distinct())
                Scsi.Manage(Nexus!, TaskManagementFunction.ABORT_TASK_SET, lun, 0, static _ => { });
            return;
        }
        foreach (var (lun, tag) in executing)
            Scsi.Manage(Nexus!, TaskManagementFunction.ABORT_TASK, lun, tag, static _ => { });
    }

    /// <summary>Ends tasks that gather data for a logical unit (null: any) because another nexus has cleared it.</summary>
    public void TerminateGathering(ulong? lun)
    {
        lock (Gate)
        {
            for (var i = 0; i < Tasks.Created; i++)
            {
                if (Tasks.At(i) is not { State: TaskState.Gathering } task || (lun is not null && task.LunField != lun))
                    continue;
                task.CancelR2ts();
                task.UnsolicitedOpen = false;
                task.Discarding = true;
                task.Status = ScsiStatus.TASK_ABORTED;
                task.TransferLength = 0;
                Progress(task);
            }
        }
    }
}
