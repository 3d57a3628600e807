namespace Futago.Scsi.TaskSets;

/// <summary>
/// Where a task is: <c>Idle → (Waiting →) Running → Idle</c>. Only tasks that reach the medium are in a task set; the others
/// are done within one call.
/// </summary>
internal enum TaskState : byte
{
    Idle,
    Waiting,
    Running,
}
