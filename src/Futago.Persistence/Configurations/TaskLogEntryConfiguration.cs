using Futago.Management.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class TaskLogEntryConfiguration : IEntityTypeConfiguration<TaskLogEntry>
{
    public void Configure(EntityTypeBuilder<TaskLogEntry> builder)
    {
        builder.ToTable("task_log");
        builder.Property(e => e.Name).HasMaxLength(64);
        builder.Property(e => e.Kind).HasConversion<string>().HasMaxLength(32);
        builder.Property(e => e.Action).HasConversion<string>().HasMaxLength(16);
        builder.HasIndex(e => e.Time);
        builder.HasIndex(e => new { e.Name, e.Id });
    }
}
