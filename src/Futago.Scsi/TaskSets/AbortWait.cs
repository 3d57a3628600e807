using Futago.Scsi.Transport;

namespace Futago.Scsi.TaskSets;

/// <summary>
/// One task management function that waits for the tasks it ends, over any number of task sets. It starts with one reference,
/// which its creator gives back after it has looked everywhere.
/// </summary>
internal sealed class AbortWait(Action<TaskManagementResponse> completed)
{
    private int _references = 1;

    public TaskManagementResponse Response { get; set; } = TaskManagementResponse.FunctionComplete;

    public void Add() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            completed(Response);
    }
}
