using Futago.Management.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Futago.Persistence.Configurations;

internal sealed class EventEntryConfiguration : IEntityTypeConfiguration<EventEntry>
{
    public void Configure(EntityTypeBuilder<EventEntry> builder)
    {
        builder.ToTable("events");
        builder.Property(e => e.Id).UseIdentityAlwaysColumn();
        builder.Property(e => e.Source).HasMaxLength(16);
        builder.Property(e => e.Code).HasMaxLength(100);
        // Severities are compared, so they are stored as their numbers: Info 0, Warning 1, Error 2.
        builder.Property(e => e.Severity).HasConversion<short>();
        builder.Property(e => e.Args).HasColumnType("jsonb").HasConversion((ValueConverter)new ArgsConverter(), new ArgsComparer());
        builder.HasIndex(e => new { e.JournalEpoch, e.EngineNumber }).IsUnique();
    }
}
