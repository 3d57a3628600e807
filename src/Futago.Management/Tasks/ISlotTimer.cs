namespace Futago.Management.Tasks;

/// <summary>Calls <see cref="TaskSlots.OnSlotAsync"/> at a slot. It keeps its appointments over a restart, and is late rather than absent.</summary>
public interface ISlotTimer
{
    /// <summary>Replaces the task's appointment; null cancels it. One in the past is kept at once.</summary>
    Task SetAsync(Guid task, DateTimeOffset? slot, CancellationToken cancellation = default);
}
