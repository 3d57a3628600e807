using Futago.Management.VolumeReplication;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class VolumeReplicationTaskConfiguration : IEntityTypeConfiguration<VolumeReplicationTask>
{
    public const string NameIndex = "ix_volume_replications_name";
    public const string VolumeIndex = "ix_volume_replications_volume_id";

    private const int PathLength = 128;

    public void Configure(EntityTypeBuilder<VolumeReplicationTask> builder)
    {
        builder.ToTable("volume_replications");
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Name).HasMaxLength(VolumeReplicationRules.NameLengthMax);
        builder.Property(t => t.PeerTask).HasMaxLength(VolumeReplicationRules.NameLengthMax);
        builder.Property(t => t.Volume).HasMaxLength(PathLength);
        builder.Property(t => t.PeerVolume).HasMaxLength(PathLength);
        builder.Property(t => t.Role).HasConversion<string>().HasMaxLength(16);
        builder.HasIndex(t => t.Name).IsUnique().HasDatabaseName(NameIndex);
        builder.HasIndex(t => t.VolumeId).IsUnique().HasDatabaseName(VolumeIndex);
    }
}
