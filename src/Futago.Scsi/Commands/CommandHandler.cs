using Futago.Blocks;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>What a command does. Handlers have no state of their own: everything about one command is in its task.</summary>
internal abstract class CommandHandler
{
    /// <summary>Decodes and checks the CDB, before any data is asked for.</summary>
    /// <returns>Bytes of data-out wanted, or -1 when the command is refused (status and sense are set).</returns>
    public abstract int Accept(ScsiTask task);

    /// <summary>Looks at the data-out before the task enters the task set, to say which range it needs.</summary>
    public virtual void Prepare(ScsiTask task)
    {
    }

    /// <summary>Runs the command up to <see cref="ScsiTask.Finish"/>, now or later. Never blocks, never throws.</summary>
    public abstract void Start(ScsiTask task);

    /// <summary>A request that the task submitted as itself is over.</summary>
    public virtual void OnTransferred(ScsiTask task, BlockStatus status) =>
        throw new InvalidOperationException($"{task.Definition.Name} submits no request of its own");
}
