namespace Futago.Scsi.Reservations;

/// <summary>Types of persistent reservations, SPC-4 section 6.15.3.4; the numbers are on the wire and on disk.</summary>
public enum PersistentReservationType : byte
{
    None = 0,
    WRITE_EXCLUSIVE = 1,
    EXCLUSIVE_ACCESS = 3,
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5,
    EXCLUSIVE_ACCESS_REGISTRANTS_ONLY = 6,
    WRITE_EXCLUSIVE_ALL_REGISTRANTS = 7,
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS = 8,
}
