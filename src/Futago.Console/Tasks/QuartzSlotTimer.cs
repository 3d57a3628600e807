using Futago.Management.Tasks;
using Quartz;

namespace Futago.Console.Tasks;

/// <summary>
/// Appointments as Quartz triggers that fire once. Which slot comes next is computed by the schedule and not by Quartz, so that every
/// kind of schedule and every clock change is decided in one place. A trigger that was missed fires at once, and the use case then
/// reports the slot as missed.
/// </summary>
public sealed class QuartzSlotTimer(ISchedulerFactory factory) : ISlotTimer
{
    private const string Group = "slots";

    private static readonly JobKey Job = new("slot", "futago");

    public async Task SetAsync(Guid task, DateTimeOffset? slot, CancellationToken cancellation = default)
    {
        var scheduler = await factory.GetScheduler(cancellation);
        var key = new TriggerKey(task.ToString(), Group);
        if (slot is not { } at)
        {
            await scheduler.UnscheduleJob(key, cancellation);
            return;
        }
        if (!await scheduler.Exists(Job, cancellation))
            await scheduler.AddJob(JobBuilder.Create<SlotJob>().WithIdentity(Job).StoreDurably().Build(), AddJobOptions.Replacing, cancellation);
        var trigger = TriggerBuilder.Create()
            .WithIdentity(key)
            .ForJob(Job)
            .StartAt(at)
            .WithSimpleSchedule(s => s.WithRepeatCount(0).WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
            .Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellation);
    }
}
