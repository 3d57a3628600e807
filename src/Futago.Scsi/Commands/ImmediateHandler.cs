using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>A command that is done within one call, from memory.</summary>
/// <param name="run">Sets the outcome.</param>
/// <param name="accept">Looks at the CDB and says how much data-out is needed; null for none.</param>
internal sealed class ImmediateHandler(Action<ScsiTask> run, Func<ScsiTask, int>? accept = null) : CommandHandler
{
    public override int Accept(ScsiTask task) => accept?.Invoke(task) ?? 0;

    public override void Start(ScsiTask task)
    {
        try
        {
            run(task);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            task.Target.LogFault(task, e);
            task.Check(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);
        }
        task.Finish();
    }
}
