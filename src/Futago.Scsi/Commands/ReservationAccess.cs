namespace Futago.Scsi.Commands;

/// <summary>How a reservation of another nexus treats a command, SPC-4 section 5.12 (tables "allowed in the presence of …").</summary>
internal enum ReservationAccess : byte
{
    /// <summary>Allowed under persistent reservations of every type.</summary>
    Always,
    /// <summary>Refused under Exclusive Access, allowed under Write Exclusive.</summary>
    Read,
    /// <summary>Refused under both.</summary>
    Write,
    /// <summary>Allowed even under RESERVE(6) of another nexus, SPC-2 section 5.5.1.</summary>
    Unreserved,
}
