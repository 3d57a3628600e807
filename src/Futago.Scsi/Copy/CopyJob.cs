using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Copy;

/// <summary>The work of one copy command, in the foreground or, with IMMED, behind the back of a command that is over.</summary>
internal sealed class CopyJob
{
    /// <summary>No command has it: the tag that RFC 7143 section 11.1.1.5 reserves.</summary>
    private const uint NoTag = uint.MaxValue;

    private CopyJob(ScsiTarget target, Nexus nexus, CopyOperation operation, RangeCopier copier)
    {
        Target = target;
        Nexus = nexus;
        Operation = operation;
        Copier = copier;
    }

    public ScsiTarget Target { get; }

    public Nexus Nexus { get; }

    public CopyOperation Operation { get; }

    public RangeCopier Copier { get; }

    public CopyUnit Receiver => new(Target, Operation.Unit, Nexus);

    /// <param name="work">Must not touch the task: that is over before an immediate job is.</param>
    public static async Task RunAsync(ScsiTask task, CopyOperation operation, uint? listId, bool immediate, Func<CopyJob, Task<CopyProblem?>> work)
    {
        var (target, nexus, name) = (task.Target, task.Nexus, task.Definition.Name);
        if (listId is { } id && !target.Copies.TryAdd(nexus, id, operation))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.OPERATION_IN_PROGRESS);
            return;
        }
        Func<bool> isCancelled = immediate ? () => operation.IsCancelled : () => operation.IsCancelled || task.IsAborted;
        var copier = new RangeCopier(target.CopyManager, immediate ? NoTag : task.Command.Tag, isCancelled);
        var job = new CopyJob(target, nexus, operation, copier);
        if (immediate)
        {
            _ = Task.Run(() => FinishAsync(job, name, work));
            task.Good();
            return;
        }
        if (await FinishAsync(job, name, work) is { } problem)
            Refuse(task, problem);
        else
            task.Good();
    }

    public static void Refuse(ScsiTask task, CopyProblem problem) =>
        task.Check(problem.Key, problem.Code, new SenseData.Details(null, problem.ParameterByte, FieldIsParameter: true));

    /// <summary>Makes what was written durable, where the unit promises that of an acknowledged write (I11).</summary>
    public static async Task<CopyProblem?> MakeDurableAsync(CopyUnit destination) =>
        destination.Unit.Options.WriteBack ? null : RangeCopier.Problem(await destination.Unit.Device.RunAsync(BlockOperation.Flush, 0, 0));

    private static async Task<CopyProblem?> FinishAsync(CopyJob job, string name, Func<CopyJob, Task<CopyProblem?>> work)
    {
        CopyProblem? problem;
        try
        {
            problem = await work(job);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            job.Target.LogFault(e, name, job.Operation.Unit, job.Nexus);
            problem = CopyProblem.DeviceFailure;
        }
        job.Operation.Finish(problem);
        return problem;
    }
}
