using System.Collections.Immutable;

namespace Futago.Scsi.Reservations;

/// <param name="InitiatorPort">Name of the initiator port, <c>name,i,0x…ISID</c>.</param>
/// <param name="Key">Reservation key, never 0.</param>
public sealed record PersistentRegistration(string InitiatorPort, ulong Key);

/// <summary>Registrations and reservation of one logical unit, SPC-4 section 5.12. Immutable: a change makes a new one.</summary>
/// <param name="Generation">PRGENERATION: counts changes of registrations since power on.</param>
/// <param name="HolderPort">Initiator port of the holder; null without a reservation, and with one of all registrants.</param>
/// <param name="Persists">APTPL: outlives a loss of power.</param>
public sealed record PersistentReservationState(
    uint Generation,
    ImmutableArray<PersistentRegistration> Registrations,
    PersistentReservationType Type,
    string? HolderPort,
    bool Persists)
{
    /// <summary>Registrations that a unit keeps.</summary>
    public const int MaximumRegistrations = 512;

    public static PersistentReservationState Empty { get; } = new(0, [], PersistentReservationType.None, null, false);

    public bool IsReserved => Type != PersistentReservationType.None;

    /// <summary>Every registrant holds the reservation.</summary>
    public bool IsOfAllRegistrants =>
        Type is PersistentReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS or PersistentReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS;

    /// <summary>Registrants may do what the holder may.</summary>
    public bool AdmitsRegistrants => IsOfAllRegistrants
        || Type is PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY or PersistentReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;

    public bool AllowsReadsOfOthers => Type is PersistentReservationType.WRITE_EXCLUSIVE
        or PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY or PersistentReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS;

    /// <summary>SPC-4 section 5.12.5: without APTPL nothing is left; with it all but PRGENERATION, which starts at 0.</summary>
    public PersistentReservationState AfterPowerLoss() => Persists ? this with { Generation = 0 } : Empty;

    public PersistentRegistration? Find(string initiatorPort) =>
        Registrations.FirstOrDefault(registration => registration.InitiatorPort == initiatorPort);

    public bool IsHolder(string initiatorPort) =>
        IsReserved && (IsOfAllRegistrants ? Find(initiatorPort) is not null : HolderPort == initiatorPort);
}
