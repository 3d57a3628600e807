namespace Futago.Management.Targets;

/// <summary>A volume as a SCSI disk of a target, at most once on a node; or an ISO image on a NAS volume as a CD-ROM.</summary>
public sealed class Lun
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>0–255, unique within the target.</summary>
    public required int Number { get; set; }

    /// <summary>The volume's identity; its path may change.</summary>
    public required Guid VolumeId { get; set; }

    /// <summary>Of a CD-ROM the file in the volume, as <see cref="Futago.Engine.Contracts.Iscsi.IsoPath"/> has it; null for a disk.</summary>
    public string? Image { get; set; }

    /// <summary>16 or 32 hexadecimal digits in lower case; unique on the node.</summary>
    public required string ScsiId { get; set; }

    public bool ReadOnly { get; set; }

    public bool WriteBack { get; set; }

    /// <summary>512 or 4096 bytes; 2048 of a CD-ROM.</summary>
    public required int BlockSize { get; init; }

    public bool Removable { get; set; }

    /// <summary>The unit serial number is the SCSI ID: unique for the same reason, and it cannot drift from it.</summary>
    public string Serial => ScsiId;
}
