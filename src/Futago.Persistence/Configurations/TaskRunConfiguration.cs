using Futago.Management.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class TaskRunConfiguration : IEntityTypeConfiguration<TaskRun>
{
    /// <summary>A task has one run at most that is going on, whoever starts it.</summary>
    public const string RunningIndex = "ix_task_runs_running";

    public void Configure(EntityTypeBuilder<TaskRun> builder)
    {
        builder.ToTable("task_runs");
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.TaskName).HasMaxLength(64);
        builder.Property(r => r.Kind).HasConversion<string>().HasMaxLength(32);
        builder.Property(r => r.Trigger).HasConversion<string>().HasMaxLength(16);
        builder.Property(r => r.Result).HasColumnType("jsonb");
        builder.HasIndex(r => r.TaskId).IsUnique().HasFilter("finished_at IS NULL").HasDatabaseName(RunningIndex);
        builder.HasIndex(r => new { r.TaskId, r.StartedAt });
    }
}
