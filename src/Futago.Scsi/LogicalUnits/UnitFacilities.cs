using Futago.Blocks.Atomic;
using Futago.Scsi.Mode;
using Futago.Scsi.Reservations;
using Futago.Scsi.Sanitize;

namespace Futago.Scsi.LogicalUnits;

/// <summary>What a logical unit has around its device; each may be missing.</summary>
/// <param name="Reservations">Shared by the units that are one LUN in turn, when it is set up anew.</param>
/// <param name="Sanitize">Shared by the units on one open device, as is what it does to the data. Without it, SANITIZE is not offered.</param>
/// <param name="AtomicWriter">How writes get onto the device whole or not at all; without one, WRITE ATOMIC is not offered.</param>
/// <param name="Mode">Where mode parameters are saved; without one, MODE SELECT saves nothing.</param>
public sealed record UnitFacilities(ReservationTable? Reservations = null, SanitizeState? Sanitize = null, IAtomicWriter? AtomicWriter = null, IModeStore? Mode = null);
