namespace Futago.Scsi.LogicalUnits;

/// <summary>The logical units of a target at one moment. Immutable: commands look it up without a lock.</summary>
internal sealed class UnitMap
{
    private readonly Dictionary<int, LogicalUnit> _byLun;

    public UnitMap(IReadOnlyList<LogicalUnit> units, LogicalUnit controller)
    {
        Units = units;
        Disks = [.. units.Where(unit => unit.Kind == LogicalUnitKind.Disk)];
        _byLun = units.ToDictionary(unit => unit.Options.Lun);
        _byLun.TryAdd(0, controller);
        Luns = [.. _byLun.Keys.Order()];
    }

    /// <summary>Without the controller.</summary>
    public IReadOnlyList<LogicalUnit> Units { get; }

    /// <summary>Those that third-party copies can be made between.</summary>
    public IReadOnlyList<LogicalUnit> Disks { get; }

    /// <summary>In ascending order, with LUN 0 in any case.</summary>
    public IReadOnlyList<int> Luns { get; }

    public LogicalUnit? Find(int lun) => _byLun.GetValueOrDefault(lun);
}
