using Futago.Engine.Contracts.Iscsi;
using Futago.Management.Targets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class LunConfiguration : IEntityTypeConfiguration<Lun>
{
    public const string NumberIndex = "ix_luns_target_id_number";
    public const string VolumeIndex = "ix_luns_volume_id";
    public const string ScsiIdIndex = "ix_luns_scsi_id";

    public void Configure(EntityTypeBuilder<Lun> builder)
    {
        builder.ToTable("luns", t => t.HasCheckConstraint("ck_luns_number", "number BETWEEN 0 AND 255"));
        builder.Property(l => l.Id).ValueGeneratedNever();
        builder.Property(l => l.Image).HasMaxLength(IsoPath.LengthMaximum);
        builder.Property(l => l.ScsiId).HasMaxLength(32);
        builder.Ignore(l => l.Serial);
        builder.HasIndex("TargetId", nameof(Lun.Number)).IsUnique().HasDatabaseName(NumberIndex);
        // Two disks on one volume would destroy its file system; a NAS volume holds any number of discs.
        builder.HasIndex(l => l.VolumeId).IsUnique().HasFilter("image IS NULL").HasDatabaseName(VolumeIndex);
        builder.HasIndex(l => l.ScsiId).IsUnique().HasDatabaseName(ScsiIdIndex);
    }
}
