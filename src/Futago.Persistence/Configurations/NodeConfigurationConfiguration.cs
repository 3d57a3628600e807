using Futago.Engine.Contracts.DataReplication;
using Futago.Management.Node;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class NodeConfigurationConfiguration : IEntityTypeConfiguration<NodeConfiguration>
{
    public void Configure(EntityTypeBuilder<NodeConfiguration> builder)
    {
        builder.ToTable("node_configuration", t => t.HasCheckConstraint("ck_node_configuration_single", "id = 1"));
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.Property(c => c.NodeName).HasMaxLength(63);
        builder.Property(c => c.ReplicationAddress).HasMaxLength(45);
        builder.Property(c => c.LinkPort).HasDefaultValue(Engine.Contracts.Link.PeerConfiguration.DefaultPort);
        builder.HasOne(c => c.Peer).WithOne().HasForeignKey<Management.Pairing.Peer>("ConfigurationId").IsRequired().OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(c => c.Failover).WithOne().HasForeignKey<Management.Failover.FailoverPair>("ConfigurationId").IsRequired().OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(c => c.Portals).WithOne().HasForeignKey("NodeId").IsRequired().OnDelete(DeleteBehavior.Cascade);
        builder.Property(c => c.AgentTlsPort).HasDefaultValue(AgentConfiguration.DefaultTlsPort);
        builder.HasMany(c => c.AgentShares).WithOne().HasForeignKey("NodeId").IsRequired().OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(c => c.VolumeReplications).WithOne().HasForeignKey("NodeId").IsRequired().OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(c => c.Targets).WithOne().HasForeignKey("NodeId").IsRequired().OnDelete(DeleteBehavior.Cascade);
    }
}
