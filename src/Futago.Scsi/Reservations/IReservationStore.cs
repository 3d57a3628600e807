namespace Futago.Scsi.Reservations;

/// <summary>
/// Where the persistent reservations of one logical unit outlive the <see cref="LogicalUnits.LogicalUnit"/> object: always when the
/// unit is only set up anew, and over a restart when <see cref="PersistentReservationState.Persists"/> (APTPL, SPC-4 section 5.12.5).
/// </summary>
public interface IReservationStore
{
    /// <returns>What the first unit begins with: what was saved last, or after a restart what <see cref="PersistentReservationState.AfterPowerLoss"/> leaves of it.</returns>
    PersistentReservationState Load();

    /// <summary>
    /// Called for every change before the initiator hears GOOD. What persists is durable when this completes, and what does not
    /// persist any more is gone for good. Throws when that fails: the command changes nothing then.
    /// </summary>
    Task SaveAsync(PersistentReservationState state);
}
