using Futago.Management.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class JournalPositionConfiguration : IEntityTypeConfiguration<JournalPosition>
{
    public void Configure(EntityTypeBuilder<JournalPosition> builder)
    {
        builder.ToTable("journal_position", t => t.HasCheckConstraint("ck_journal_position_single", "id = 1"));
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.HasData(new JournalPosition());
    }
}
