using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Failover;
using Futago.Engine.Targets;

namespace Futago.Engine.Tests.Failover;

public sealed class FailoverValidatorTests
{
    private static readonly ReplicationConfiguration Mirror = new(Guid.NewGuid(), "replication1", Guid.NewGuid(), ReplicationRole.Source, true, null);
    private static readonly LunConfiguration Lun = new(1, Mirror.VolumeId, "3000000000000001", "S1", false, false, 512, false);
    private static readonly TargetConfiguration Target = new(Guid.NewGuid(), "iqn.2026-01.example.futago:t0", null, true, [Lun], [new("ALL", null)], null);

    private static readonly FailoverConfiguration Failover = new(
        Guid.NewGuid(), true, FailoverPolicy.Witness, Convert.ToBase64String(new byte[32]),
        [new("10.77.0.10", 24, "eth0")],
        [new("eth0", "10.77.0.1", "10.77.0.2"), new("eth1", "10.78.0.1", "10.78.0.2")],
        ["10.77.0.254"], new("10.77.0.3", 7791, Convert.ToBase64String(new byte[64])), [Mirror.Id], [Target.Id], new());

    private static readonly EngineConfiguration Good = new(
        1, "node-a", [new("0.0.0.0", 3260)], [Target], new PeerConfiguration(Guid.NewGuid(), "node-b", ["10.78.0.2"], 7789, new string('a', 64), null, 7789))
    {
        Replications = [Mirror],
        Failover = Failover,
    };

    public static TheoryData<string, EngineConfiguration> Bad => new()
    {
        { "failover.id", With(Failover with { Id = Guid.Empty }) },
        { "failover.id", Good with { Peer = null } },
        { "failover.policy", With(Failover with { Policy = (FailoverPolicy)9 }) },
        { "failover.key", With(Failover with { Key = Convert.ToBase64String(new byte[31]) }) },
        { "failover.key", With(Failover with { Key = "…" }) },
        { "failover.virtualIps", With(Failover with { VirtualIps = [] }) },
        { "failover.virtualIps[0].address", With(Failover with { VirtualIps = [new("10.77.10", 24, "eth0")] }) },
        { "failover.virtualIps[0].address", With(Failover with { VirtualIps = [new("127.0.0.1", 24, "eth0")] }) },
        { "failover.virtualIps[0].address", With(Failover with { VirtualIps = [new("10.77.0.2", 24, "eth0")] }) },
        { "failover.virtualIps[1].address", With(Failover with { VirtualIps = [new("10.77.0.10", 24, "eth0"), new("10.77.0.10", 24, "eth1")] }) },
        { "failover.virtualIps[0].address", Good with { Portals = [new("10.77.0.1", 3260)] } },
        { "failover.virtualIps[0].address", With(Failover with { VirtualIps = [new("fd00::10", 64, "eth0")] }) },
        { "failover.virtualIps[0].prefixLength", With(Failover with { VirtualIps = [new("10.77.0.10", 33, "eth0")] }) },
        { "failover.virtualIps[0].nic", With(Failover with { VirtualIps = [new("10.77.0.10", 24, "../eth0")] }) },
        { "failover.virtualIps[0].nic", With(Failover with { VirtualIps = [new("10.77.0.10", 24, "-eth0")] }) },
        { "failover.virtualIps[0].broadcast", With(Failover with { VirtualIps = [new("10.77.0.10", 24, "eth0", "all")] }) },
        { "failover.paths", With(Failover with { Paths = [] }) },
        { "failover.paths[0]", With(Failover with { Paths = [new("eth0", "10.77.0.1", "10.77.0.1")] }) },
        { "failover.paths[0]", With(Failover with { Paths = [new("eth0", "10.77.0.1", "fd00::2")] }) },
        { "failover.pingNodes[0]", With(Failover with { PingNodes = ["router"] }) },
        { "failover.pingNodes[0]", With(Failover with { PingNodes = ["10.77.0.2"] }) },
        { "failover.pingNodes[0]", With(Failover with { PingNodes = ["10.77.0.10"] }) },
        { "failover.pingNodes[1]", With(Failover with { PingNodes = ["10.77.0.254", "10.77.0.254"] }) },
        { "failover.witness", With(Failover with { Witness = null }) },
        { "failover.witness", With(Failover with { Witness = new("10.77.0.3", 7791, "") }) },
        { "failover.timing", With(Failover with { Policy = FailoverPolicy.PingOnly, PingNodes = [] }) },
        { "failover.timing", With(Failover with { Timing = new(TakeoverMs: 5000) }) },
        { "failover.replications", With(Failover with { Replications = [] }) },
        { "failover.replications", With(Failover with { Replications = [Guid.NewGuid()] }) },
        { "failover.targets", With(Failover with { Targets = [Guid.NewGuid()] }) },
        { "failover.targets", With(Failover with { Targets = [] }) },
        { "failover.targets", Good with { Targets = [Target with { Luns = [Lun with { VolumeId = Guid.NewGuid() }] }] } },
        { "failover.targets", Good with { Targets = [Target with { CdRoms = [new CdRomConfiguration(9, Guid.NewGuid(), "/iso/debian.iso", "3000000000000009", "S9")] }] } },
    };

    [Fact]
    public void GoodFailover_IsAccepted() => Assert.Same(Failover, ConfigurationValidator.Check(Good).Failover);

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void Failover_WithOneFault_IsRefusedNamingItsField(string field, EngineConfiguration configuration)
    {
        var refused = Assert.Throws<ProblemException>(() => FailoverValidator.Check(configuration));

        Assert.Equal((ProblemCodes.FailoverInvalid, field), (refused.Problem.Code, refused.Problem.Field));
        Assert.DoesNotContain(Failover.Key, refused.Message, StringComparison.Ordinal);
    }

    private static EngineConfiguration With(FailoverConfiguration failover) => Good with { Failover = failover };
}
