using Futago.Management.Tasks;
using Quartz;

namespace Futago.Console.Tasks;

/// <summary>Quartz's side of an appointment: all that is to be decided, the use case decides.</summary>
public sealed class SlotJob(TaskSlots slots) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(context.Trigger.Key.Name, out var task))
            await slots.OnSlotAsync(task, cancellationToken);
    }
}
