using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Targets;

namespace Futago.Engine.Tests;

public sealed class ConfigurationValidatorTests
{
    private const string Name = "iqn.2026-01.example.futago:t0";
    private static readonly LunConfiguration Lun = new(1, Guid.NewGuid(), "3000000000000001", "S1", false, false, 512, false);
    private static readonly TargetConfiguration Target = new(Guid.NewGuid(), Name, null, true, [Lun], [new("10.77.0.0/24", null)], null);
    private static readonly CdRomConfiguration CdRom = new(2, Guid.NewGuid(), "/iso/debian.iso", "3000000000000002", "S2");
    private static readonly EngineConfiguration Good = new(1, "node-a", [new("0.0.0.0", 3260)], [Target]);

    public static TheoryData<string, string, EngineConfiguration> Bad => new()
    {
        { ProblemCodes.ConfigurationInvalid, "revision", Good with { Revision = 0 } },
        { ProblemCodes.NameInvalid, "nodeName", Good with { NodeName = "node a" } },
        { ProblemCodes.NameInvalid, "nodeName", Good with { NodeName = "" } },
        { ProblemCodes.PortalInvalid, "portals[0]", Good with { Portals = [new("nowhere", 3260)] } },
        { ProblemCodes.PortalInvalid, "portals[0]", Good with { Portals = [new("0.0.0.0", 65536)] } },
        { ProblemCodes.PortalInvalid, "portals[0]", Good with { Portals = [new("0.0.0.0", 0)] } },
        { ProblemCodes.PortalInvalid, "portals[1]", Good with { Portals = [new("0.0.0.0", 3260), new("0.0.0.0", 3260)] } },
        { ProblemCodes.TargetNameInvalid, "targets[0].name", With(Target with { Name = "t0" }) },
        { ProblemCodes.TargetNameInvalid, "targets[0].name", With(Target with { Name = "iqn.2026-13.example:x" }) },
        { ProblemCodes.NameTaken, "targets[1].name", With(Target, Target with { Id = Guid.NewGuid(), Name = Name.ToUpperInvariant(), Luns = [] }) },
        { ProblemCodes.LunOutOfRange, "targets[0].luns[0].lun", WithLuns(Lun with { Lun = 256 }) },
        { ProblemCodes.LunOutOfRange, "targets[0].luns[0].lun", WithLuns(Lun with { Lun = -1 }) },
        { ProblemCodes.LunTaken, "targets[0].luns[1].lun", WithLuns(Lun, Lun with { VolumeId = Guid.NewGuid(), ScsiId = "3000000000000002" }) },
        { ProblemCodes.LunVolumeTaken, "targets[0].luns[1].volumeId", WithLuns(Lun, Lun with { Lun = 2, ScsiId = "3000000000000002" }) },
        { ProblemCodes.LunScsiIdTaken, "targets[0].luns[1].scsiId", WithLuns(Lun, Lun with { Lun = 2, VolumeId = Guid.NewGuid() }) },
        { ProblemCodes.LunScsiIdInvalid, "targets[0].luns[0].scsiId", WithLuns(Lun with { ScsiId = "xyz" }) },
        { ProblemCodes.LunBlockSizeInvalid, "targets[0].luns[0].blockSize", WithLuns(Lun with { BlockSize = 1024 }) },
        { ProblemCodes.ConfigurationInvalid, "targets[0].luns[0].serial", WithLuns(Lun with { Serial = "" }) },
        { ProblemCodes.LunOutOfRange, "targets[0].cdRoms[0].lun", WithCdRoms(CdRom with { Lun = 256 }) },
        { ProblemCodes.LunTaken, "targets[0].cdRoms[0].lun", WithCdRoms(CdRom with { Lun = 1 }) },
        { ProblemCodes.ConfigurationInvalid, "targets[0].cdRoms[0].volumeId", WithCdRoms(CdRom with { VolumeId = Guid.Empty }) },
        { ProblemCodes.IsoPathInvalid, "targets[0].cdRoms[0].image", WithCdRoms(CdRom with { Image = "/../etc/shadow" }) },
        { ProblemCodes.IsoPathInvalid, "targets[0].cdRoms[0].image", WithCdRoms(CdRom with { Image = "debian.iso" }) },
        { ProblemCodes.LunScsiIdInvalid, "targets[0].cdRoms[0].scsiId", WithCdRoms(CdRom with { ScsiId = "1" }) },
        { ProblemCodes.LunScsiIdTaken, "targets[0].cdRoms[0].scsiId", WithCdRoms(CdRom with { ScsiId = "3000000000000001" }) },
        { ProblemCodes.ConfigurationInvalid, "targets[0].cdRoms[0].serial", WithCdRoms(CdRom with { Serial = "" }) },
        { ProblemCodes.AccessRuleInvalid, "targets[0].accessRules[0]", WithRule(new(null, null)) },
        { ProblemCodes.AccessRuleInvalid, "targets[0].accessRules[0]", WithRule(new("10.0.0.1", "iqn.2026-01.example:i")) },
        { ProblemCodes.AccessRuleInvalid, "targets[0].accessRules[0]", WithRule(new("10.77.0.5/24", null)) },
        { ProblemCodes.AccessRuleInvalid, "targets[0].accessRules[0]", WithRule(new("10.77.0.0/33", null)) },
        { ProblemCodes.AccessRuleInvalid, "targets[0].accessRules[0]", WithRule(new("10.77", null)) },
        { ProblemCodes.AccessRuleInvalid, "targets[0].accessRules[0]", WithRule(new(null, "somebody")) },
        { ProblemCodes.ChapSecretInvalid, "targets[0].chap.secret", WithChap(new("u", "elevenchars", null, null)) },
        { ProblemCodes.ChapSecretInvalid, "targets[0].chap.secret", WithChap(new("u", "seventeencharacte", null, null)) },
        { ProblemCodes.ChapUserInvalid, "targets[0].chap.user", WithChap(new("", "twelve-chars", null, null)) },
        { ProblemCodes.ChapUserInvalid, "targets[0].chap.mutualUser", WithChap(new("u", "twelve-chars", null, "other-twelve")) },
        { ProblemCodes.ChapSecretInvalid, "targets[0].chap.mutualSecret", WithChap(new("u", "twelve-chars", "m", null)) },
        { ProblemCodes.VolumeReplicationInvalid, "replications[1].id", WithReplications(Mirror, Mirror with { VolumeId = Guid.NewGuid() }) },
        { ProblemCodes.VolumeReplicationInvalid, "replications[0].volumeId", WithReplications(Mirror with { VolumeId = Guid.Empty }) },
        { ProblemCodes.VolumeReplicationVolumeTaken, "replications[1].volumeId", WithReplications(Mirror, Mirror with { Id = Guid.NewGuid() }) },
        { ProblemCodes.VolumeReplicationInvalid, "replications[0].taskName", WithReplications(Mirror with { TaskName = "" }) },
        { ProblemCodes.VolumeReplicationInvalid, "replications[0].role", WithReplications(Mirror with { Role = (ReplicationRole)7 }) },
        { ProblemCodes.VolumeReplicationLimitInvalid, "replications[0].resyncLimitBytesPerSecond", WithReplications(Mirror with { ResyncLimitBytesPerSecond = 65_535 }) },
        { ProblemCodes.ChapSecretSame, "targets[0].chap.mutualSecret", WithChap(new("u", "twelve-chars", "m", "twelve-chars")) },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void Configuration_WithOneFault_IsRefusedNamingItsField(string code, string field, EngineConfiguration configuration)
    {
        var refused = Assert.Throws<ProblemException>(() => ConfigurationValidator.Check(configuration));

        Assert.Equal((code, field), (refused.Problem.Code, refused.Problem.Field));
        Assert.DoesNotContain("twelve-chars", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALL")]
    [InlineData("10.77.0.1")]
    [InlineData("10.77.0.0/24")]
    [InlineData("fd00::/8")]
    [InlineData("::1")]
    public void Configuration_WithGoodRules_IsAcceptedAndNamesNormalised(string address)
    {
        var accepted = ConfigurationValidator.Check(With(Target with
        {
            Name = Name.ToUpperInvariant(),
            AccessRules = [new(address, null), new(null, "iqn.1991-05.com.microsoft:pc_1")],
            Chap = new("u", "twelve-chars", "m", "other-twelve"),
        }));

        Assert.Equal(Name, Assert.Single(accepted.Targets).Name);
    }

    [Fact]
    public void RefusedLogins_OverTheirBound_DropTheQuietest()
    {
        var time = new Testing.Iscsi.ManualTimeProvider();
        var refused = new RefusedLogins(time);
        for (var i = 0; i < RefusedLogins.EntriesMaximum + 50; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            refused.Add("10.0.0.1", $"iqn.2026-01.example:{i}", Name, RefusalReason.NoAccessRule);
        }
        var again = refused.Add("10.0.0.1", $"iqn.2026-01.example:{RefusedLogins.EntriesMaximum}", Name, RefusalReason.NoAccessRule);

        var list = refused.List();
        Assert.False(again);
        Assert.Equal(RefusedLogins.EntriesMaximum, list.Count);
        Assert.DoesNotContain(list, r => r.InitiatorName == "iqn.2026-01.example:0");
        Assert.Equal(2, Assert.Single(list, r => r.InitiatorName == $"iqn.2026-01.example:{RefusedLogins.EntriesMaximum}").Count);
    }

    private static ReplicationConfiguration Mirror { get; } = new(Guid.NewGuid(), "replication1", Guid.NewGuid(), ReplicationRole.Source, true, null);

    private static EngineConfiguration WithReplications(params ReplicationConfiguration[] replications) => Good with { Replications = replications };

    private static EngineConfiguration With(params TargetConfiguration[] targets) => Good with { Targets = targets };

    private static EngineConfiguration WithCdRoms(params CdRomConfiguration[] drives) => With(Target with { CdRoms = drives });

    private static EngineConfiguration WithLuns(params LunConfiguration[] luns) => With(Target with { Luns = luns });

    private static EngineConfiguration WithRule(AccessRuleConfiguration rule) => With(Target with { AccessRules = [rule] });

    private static EngineConfiguration WithChap(ChapConfiguration chap) => With(Target with { Chap = chap });
}
