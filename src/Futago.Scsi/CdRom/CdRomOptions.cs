using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.CdRom;

/// <param name="Lun">LUN number, 0 to <see cref="LunAddress.Maximum"/>.</param>
public sealed record CdRomOptions(int Lun, LogicalUnitIdentity Identity)
{
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        Identity.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(Lun);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Lun, LunAddress.Maximum);
    }

    internal LogicalUnitOptions ToUnitOptions() => new(
        Lun, Identity, Disc.BlockBytes, ReadOnly: true, WriteBack: false, Removable: true, Thin: false, PhysicalBlockSize: Disc.BlockBytes);
}
