using Futago.Management.DataReplication;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class AgentShareConfiguration : IEntityTypeConfiguration<AgentShare>
{
    public void Configure(EntityTypeBuilder<AgentShare> builder)
    {
        builder.ToTable("agent_shares");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Share).HasMaxLength(32);
        builder.Property(s => s.User).HasMaxLength(32);
        builder.HasIndex(s => s.Share).IsUnique();
    }
}
