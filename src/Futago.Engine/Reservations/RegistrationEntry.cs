namespace Futago.Engine.Reservations;

/// <param name="InitiatorPort">Name of the initiator port, <c>name,i,0x…ISID</c>.</param>
/// <param name="Key">Reservation key, 16 hexadecimal digits: JSON numbers do not hold 64 bits everywhere.</param>
internal sealed record RegistrationEntry(string InitiatorPort, string Key);
