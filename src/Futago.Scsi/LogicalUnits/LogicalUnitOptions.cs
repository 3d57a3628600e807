namespace Futago.Scsi.LogicalUnits;

/// <param name="Lun">LUN number, 0 to <see cref="LunAddress.Maximum"/>.</param>
/// <param name="BlockSize">Logical block in bytes: 512 or 4096.</param>
/// <param name="ReadOnly">Refuse every command that changes data.</param>
/// <param name="WriteBack">Acknowledge writes from the cache and report so; otherwise every write is durable when acknowledged.</param>
/// <param name="Removable">Removable medium: START STOP UNIT ejects and loads it.</param>
/// <param name="Thin">Logical block provisioning: UNMAP, GET LBA STATUS, VPD page B2h.</param>
/// <param name="PhysicalBlockSize">Physical block in bytes, a power of two, at least <paramref name="BlockSize"/>.</param>
public sealed record LogicalUnitOptions(
    int Lun,
    LogicalUnitIdentity Identity,
    int BlockSize,
    bool ReadOnly,
    bool WriteBack,
    bool Removable,
    bool Thin,
    int PhysicalBlockSize = 4096)
{
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        Identity.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(Lun);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Lun, LunAddress.Maximum);
        if (BlockSize is not (512 or 4096))
            throw new ArgumentException($"Block size {BlockSize} is neither 512 nor 4096", nameof(BlockSize));
        if (PhysicalBlockSize < BlockSize || !System.Numerics.BitOperations.IsPow2(PhysicalBlockSize) || PhysicalBlockSize > 1 << 20)
            throw new ArgumentException($"Physical block size {PhysicalBlockSize} does not fit", nameof(PhysicalBlockSize));
    }
}
