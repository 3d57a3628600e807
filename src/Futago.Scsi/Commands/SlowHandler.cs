using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>
/// A command of several steps on the medium. It runs as a task beside the hot path, in pieces, and looks at
/// <see cref="ScsiTask.IsAborted"/> between them. Allocates; that is the price of readable steps.
/// </summary>
internal sealed class SlowHandler(Func<ScsiTask, int> accept, Func<ScsiTask, Task> run, Action<ScsiTask>? prepare = null) : CommandHandler
{
    public override int Accept(ScsiTask task) => accept(task);

    public override void Prepare(ScsiTask task) => prepare?.Invoke(task);

    public override void Start(ScsiTask task) => _ = RunAsync(task);

    private async Task RunAsync(ScsiTask task)
    {
        try
        {
            await run(task);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            task.Target.LogFault(task, e);
            task.Check(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);
        }
        task.Finish();
    }
}
