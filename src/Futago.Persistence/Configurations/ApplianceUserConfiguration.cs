using Futago.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class ApplianceUserConfiguration : IEntityTypeConfiguration<ApplianceUser>
{
    public void Configure(EntityTypeBuilder<ApplianceUser> builder)
    {
        builder.ToTable("users");
        builder.Property(u => u.Role).HasConversion<string>().HasMaxLength(16);
    }
}
