using Futago.Management.Targets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class TargetConfiguration : IEntityTypeConfiguration<Target>
{
    /// <summary>Unique indexes by name, for turning a violation into the problem that it is.</summary>
    public const string NameIndex = "ix_targets_name";

    public void Configure(EntityTypeBuilder<Target> builder)
    {
        builder.ToTable("targets");
        // Keys are made by the entities: without this EF takes a new child of a tracked parent for an existing row.
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Name).HasMaxLength(IscsiName.LengthMax);
        builder.Property(t => t.Alias).HasMaxLength(255);
        builder.Property(t => t.ChapUser).HasMaxLength(64);
        builder.Property(t => t.MutualUser).HasMaxLength(64);
        builder.HasIndex(t => t.Name).IsUnique().HasDatabaseName(NameIndex);
        builder.HasMany(t => t.Luns).WithOne().HasForeignKey("TargetId").IsRequired().OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(t => t.AccessRules).WithOne().HasForeignKey("TargetId").IsRequired().OnDelete(DeleteBehavior.Cascade);
    }
}
