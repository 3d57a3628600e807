using Futago.Management.Targets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Futago.Persistence.Configurations;

internal sealed class AccessRuleConfiguration : IEntityTypeConfiguration<AccessRule>
{
    public const string RuleIndex = "ix_access_rules_rule";

    public void Configure(EntityTypeBuilder<AccessRule> builder)
    {
        builder.ToTable("access_rules", t => t.HasCheckConstraint("ck_access_rules_one", "num_nonnulls(address, initiator) = 1"));
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.Address).HasMaxLength(64);
        builder.Property(r => r.Initiator).HasMaxLength(IscsiName.LengthMax);
        builder.HasIndex("TargetId", nameof(AccessRule.Address), nameof(AccessRule.Initiator)).IsUnique().AreNullsDistinct(false).HasDatabaseName(RuleIndex);
    }
}
