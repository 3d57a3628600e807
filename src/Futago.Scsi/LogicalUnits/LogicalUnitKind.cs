namespace Futago.Scsi.LogicalUnits;

internal enum LogicalUnitKind : byte
{
    Disk,
    /// <summary>A drive for CDs and DVDs that are image files.</summary>
    CdRom,
    /// <summary>Stands on LUN 0 when no volume does: initiators start every discovery there.</summary>
    Controller,
    /// <summary>Stands for every LUN that does not exist: a few commands must be answered there too.</summary>
    Absent,
}
