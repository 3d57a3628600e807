using Futago.Scsi.Reservations;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Reservations;

/// <summary><c>reservations.json</c> beside a volume: its persistent reservations that outlive a restart, docs/on-disk/reservations.md.</summary>
/// <param name="Target">Name of the target that the reservations were made on.</param>
/// <param name="ScsiId">SCSI ID of the LUN that they were made on.</param>
/// <param name="ReservationType">Number of the <see cref="PersistentReservationType"/>; 0 without a reservation.</param>
/// <param name="Holder">Initiator port of the holder; absent without one, and with a reservation of all registrants.</param>
internal sealed record ReservationDocument(
    int FormatVersion,
    string Target,
    string ScsiId,
    int ReservationType,
    string? Holder,
    IReadOnlyList<RegistrationEntry> Registrations) : ISealedDocument
{
    public const int CurrentVersion = 1;

    public const string FileName = "reservations.json";

    public static ReservationDocument From(string target, string scsiId, PersistentReservationState state) => new(
        CurrentVersion, target, scsiId, (int)state.Type, state.HolderPort,
        [.. state.Registrations.Select(r => new RegistrationEntry(r.InitiatorPort, r.Key.ToString("x16", System.Globalization.CultureInfo.InvariantCulture)))]);

    /// <returns>The state, or null when the document contradicts itself.</returns>
    public PersistentReservationState? ToState()
    {
        var type = (PersistentReservationType)ReservationType;
        if (ReservationType is < 0 or > byte.MaxValue || !Enum.IsDefined(type) || Registrations is null || Registrations.Count > PersistentReservationState.MaximumRegistrations)
            return null;
        var registrations = new List<PersistentRegistration>(Registrations.Count);
        foreach (var entry in Registrations)
        {
            if (entry is not { InitiatorPort.Length: > 0, Key.Length: 16 }
                || !ulong.TryParse(entry.Key, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var key)
                || key == 0 || registrations.Exists(r => r.InitiatorPort == entry.InitiatorPort))
                return null;
            registrations.Add(new PersistentRegistration(entry.InitiatorPort, key));
        }
        var state = new PersistentReservationState(0, [.. registrations], type, Holder, Persists: true);
        var needsHolder = state.IsReserved && !state.IsOfAllRegistrants;
        return needsHolder == Holder is not null && (Holder is null || state.Find(Holder) is not null) ? state : null;
    }
}
