using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sanitize;

namespace Futago.Scsi.Commands;

/// <summary>
/// One row of the table of operation codes: everything about a command that does not depend on its CDB. Dispatch, access
/// checks and REPORT SUPPORTED OPERATION CODES all come from it.
/// </summary>
/// <param name="Usage">
/// CDB USAGE DATA, SPC-4 section 6.35.3, in hexadecimal: the operation code, then a 1 for every bit that is evaluated. Its
/// length is the length of the CDB.
/// </param>
internal sealed record CommandDefinition(string Name, string Usage, DataDirection Direction, ReservationAccess Reservation, CommandHandler Handler)
{
    public byte[] UsageMap { get; } = Convert.FromHexString(Usage.Replace(" ", "", StringComparison.Ordinal));

    public byte OperationCode => UsageMap[0];

    public int CdbLength => UsageMap.Length;

    /// <summary>SERVICE ACTION in the low bits of byte 1; null when the operation code alone says it all.</summary>
    public int? ServiceAction { get; init; }

    /// <summary>Changes data on the medium: refused on a read-only logical unit.</summary>
    public bool Writes { get; init; }

    /// <summary>Works on a medium: goes through the task set, refused while the medium is ejected.</summary>
    public bool Medium { get; init; }

    /// <summary>Answers without a medium but not in place of one (READ CAPACITY): NOT READY while it is ejected.</summary>
    public bool NeedsMedium { get; init; }

    /// <summary>Leaves pending unit attentions alone, SAM-5 section 5.14.4.</summary>
    public bool IgnoresUnitAttention { get; init; }

    /// <summary>Answered also while the unit is being sanitized; <see cref="DuringFailedSanitize"/> when that has failed.</summary>
    public bool DuringSanitize { get; init; }

    public bool DuringFailedSanitize { get; init; }

    /// <summary>The controller that stands on LUN 0 when no volume does knows the command too.</summary>
    public bool Controller { get; init; }

    /// <summary>Disks know the command.</summary>
    public bool Disk { get; init; } = true;

    /// <summary>CD-ROM drives know the command.</summary>
    public bool CdRom { get; init; }

    /// <summary>Which disks know the command; all of them when null.</summary>
    public Func<LogicalUnit, bool>? SupportedBy { get; init; }

    public bool IsAllowedDuring(SanitizeState sanitize) => DuringSanitize || (DuringFailedSanitize && !sanitize.IsUnderWay);

    public bool IsSupportedBy(LogicalUnit unit) => unit.Kind switch
    {
        LogicalUnitKind.Disk => Disk && (SupportedBy is null || SupportedBy(unit)),
        LogicalUnitKind.CdRom => CdRom,
        _ => Controller,
    };
}
