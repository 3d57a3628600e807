using Futago.Engine.CdRoms;
using Futago.Engine.Contracts.Iscsi;
using Futago.Iscsi;
using Futago.Scsi;

namespace Futago.Engine.Targets;

/// <summary>A started target: its SCSI device, kept over changes so that sessions go on, and what is served through it.</summary>
internal sealed class ServedTarget(ScsiTarget scsi)
{
    public ScsiTarget Scsi { get; } = scsi;

    public IReadOnlyList<ServedLun> Luns { get; set; } = [];

    public IReadOnlyList<CdRomDrive> Drives { get; set; } = [];

    /// <summary>What the iSCSI engine was told last; null before the first time.</summary>
    public TargetConfiguration? Announced { get; set; }

    /// <summary>Likewise.</summary>
    public ITargetGate? Gate { get; set; }
}
