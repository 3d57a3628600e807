using Futago.Management.Node;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class PortalConfiguration : IEntityTypeConfiguration<Portal>
{
    public void Configure(EntityTypeBuilder<Portal> builder)
    {
        builder.ToTable("portals");
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Address).HasMaxLength(45);
        builder.HasIndex(p => new { p.Address, p.Port }).IsUnique();
    }
}
