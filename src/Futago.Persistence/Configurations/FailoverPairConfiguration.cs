using Futago.Management.Failover;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Futago.Persistence.Configurations;

internal sealed class FailoverPairConfiguration : IEntityTypeConfiguration<FailoverPair>
{
    public void Configure(EntityTypeBuilder<FailoverPair> builder)
    {
        builder.ToTable("failover", t => t.HasCheckConstraint("ck_failover_single", "id = 1"));
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Settings).HasColumnType("jsonb").HasConversion((ValueConverter)new FailoverSettingsConverter(), new FailoverSettingsComparer());
    }
}
