using Futago.Management.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class ScheduledTaskConfiguration : IEntityTypeConfiguration<ScheduledTask>
{
    public const string NameIndex = "ix_tasks_name";

    public void Configure(EntityTypeBuilder<ScheduledTask> builder)
    {
        builder.ToTable("tasks");
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Name).HasMaxLength(64);
        builder.Property(t => t.Kind).HasConversion<string>().HasMaxLength(32);
        builder.Property(t => t.Settings).HasColumnType("jsonb");
        builder.HasIndex(t => t.Name).IsUnique().HasDatabaseName(NameIndex);
    }
}
