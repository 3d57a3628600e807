using Futago.Scsi.Sense;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Reservations;

/// <summary>What a PERSISTENT RESERVE OUT comes to: a new state with its consequences, or a refusal.</summary>
/// <param name="State">State afterwards; null when the command is refused.</param>
/// <param name="Refusal">Sense code of the refusal; with none, a refusal is a RESERVATION CONFLICT.</param>
/// <param name="Attentions">Unit attentions for nexuses of these initiator ports.</param>
/// <param name="Removed">Initiator ports whose registration was taken away; PREEMPT AND ABORT ends their commands.</param>
internal sealed record PersistentReservationChange(
    PersistentReservationState? State,
    AdditionalSense? Refusal,
    IReadOnlyList<(string InitiatorPort, AdditionalSense Condition)> Attentions,
    IReadOnlyList<string> Removed)
{
    public static PersistentReservationChange Conflict { get; } = new(null, null, [], []);

    public ScsiStatus Status => State is not null ? ScsiStatus.GOOD
        : Refusal is null ? ScsiStatus.RESERVATION_CONFLICT : ScsiStatus.CHECK_CONDITION;

    public static PersistentReservationChange Refuse(AdditionalSense code) => new(null, code, [], []);

    public static PersistentReservationChange To(PersistentReservationState state) => new(state, null, [], []);
}
