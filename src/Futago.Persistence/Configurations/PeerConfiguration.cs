using Futago.Management.Pairing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class PeerConfiguration : IEntityTypeConfiguration<Peer>
{
    private const int AddressLength = 45;
    private const int FingerprintLength = 64;

    public void Configure(EntityTypeBuilder<Peer> builder)
    {
        builder.ToTable("peer", t => t.HasCheckConstraint("ck_peer_single", "id = 1"));
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Name).HasMaxLength(63);
        builder.Property(p => p.Address).HasMaxLength(AddressLength);
        builder.Property(p => p.ReplicationAddress).HasMaxLength(AddressLength);
        builder.Property(p => p.ConsoleFingerprint).HasMaxLength(FingerprintLength);
        builder.Property(p => p.LinkFingerprint).HasMaxLength(FingerprintLength);
    }
}
