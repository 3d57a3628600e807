using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Scsi.Reservations;

namespace Futago.Engine.Reservations;

/// <summary>
/// The value <c>reservations</c> of a replicated volume: all of its persistent reservations, also those that do not outlive a restart,
/// because a failover is none. JSON; the mirror keeps its checksum. docs/on-disk/reservations.md.
/// </summary>
/// <param name="Generation">PRGENERATION.</param>
/// <param name="Persists">APTPL.</param>
internal sealed record MirroredReservations(ReservationDocument Reservations, uint Generation, bool Persists)
{
    public static byte[] Write(string target, string scsiId, PersistentReservationState state) =>
        JsonSerializer.SerializeToUtf8Bytes(new MirroredReservations(ReservationDocument.From(target, scsiId, state), state.Generation, state.Persists), EngineJson.Options);

    /// <returns>Null when they belong to another LUN, or cannot be read.</returns>
    public static PersistentReservationState? TryRead(byte[] value, string target, string scsiId)
    {
        if (Parse(value) is not { Reservations: { FormatVersion: ReservationDocument.CurrentVersion } document } mirrored
            || document.Target != target || !string.Equals(document.ScsiId, scsiId, StringComparison.OrdinalIgnoreCase))
            return null;
        return document.ToState() is { } state ? state with { Generation = mirrored.Generation, Persists = mirrored.Persists } : null;
    }

    /// <summary>What is left when the node that had them has restarted, and no other one was in charge: SPC-4 section 5.12.5.</summary>
    public static byte[] AfterPowerLoss(byte[] value)
    {
        if (Parse(value) is not { Reservations: { } document } mirrored)
            return value;
        var state = mirrored.Persists ? document.ToState() : null;
        return Write(document.Target, document.ScsiId, (state ?? PersistentReservationState.Empty).AfterPowerLoss());
    }

    private static MirroredReservations? Parse(byte[] value)
    {
        try
        {
            return JsonSerializer.Deserialize<MirroredReservations>(value, EngineJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
