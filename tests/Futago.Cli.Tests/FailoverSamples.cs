using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Replication;

namespace Futago.Cli.Tests;

internal static class FailoverSamples
{
    public static NicInfo Nic { get; } = new(
        "eth0", "02:00:00:00:00:01", true, 1000, 1500, [new NicAddress("10.77.0.1", 24, false), new NicAddress("10.77.0.10", 24, true)], 4096, 8192, 1, 0, 2);

    public static FailoverStatus Status { get; } = new(
        Samples.RuleId, true, false, true, FailoverPolicy.PingOnly, FailoverState.ActiveMirrored, null, null, 4, false, DataState.UpToDate,
        new FailoverPeerStatus(true, Samples.Time, FailoverState.Passive, 4, DataState.UpToDate, false),
        [new HeartbeatPathStatus("eth0", "10.77.0.1", "10.77.0.2", true, 250, 0, null), new HeartbeatPathStatus("eth1", "10.78.0.1", "10.78.0.2", false, null, 12.5, new Problem("x", "No answer."))],
        [new PingNodeStatus("10.77.0.254", true, false, 400)],
        new WitnessStatus("10.77.0.3", 7791, true, null),
        [new VirtualIpStatus("10.77.0.10", 24, "eth0", true, null)],
        null,
        [new FailoverSwitch(FailoverSwitchKind.Takeover, true, 4, Samples.Time, Samples.Time.AddMilliseconds(812), 5100, [new FailoverStepTime("Promote", 300), new FailoverStepTime("AddVirtualIp", 12.5)], null)]);

    public static FailoverView View { get; } = new(
        "nodea", "nodeb",
        new FailoverDefinition(
            Samples.RuleId, true, FailoverPolicy.PingOnly, false,
            [new FailoverVirtualIp("10.77.0.10", 24, null, "eth0", "eth0")], [new FailoverAuxiliary("eth1", "eth1")],
            [new FailoverPath("eth0", "eth0", "10.77.0.1", "10.77.0.2", false), new FailoverPath("eth1", "eth1", "10.78.0.1", "10.78.0.2", true)],
            ["10.77.0.254"], null,
            [new FailoverTask(Samples.RuleId, "replication1", "vg00/lv0000", "vg00/lv0000")],
            [new FailoverTarget(Samples.RuleId, Samples.Iqn, true, [0])],
            Samples.Time, true, false),
        Status, null);

    public static FailoverChecks Ready { get; } = new(true,
    [
        new FailoverCheck("peer", CheckLevel.Ok, new Problem(FailoverCheckCodes.PeerAnswers, "nodeb answers.")),
        new FailoverCheck("witness", CheckLevel.Warning, new Problem(FailoverCheckCodes.PingOnly, "Without a witness this is best effort."), FailoverPlace.Failover),
    ]);

    public static FailoverChecks NotReady { get; } = new(false,
    [
        .. Ready.Checks,
        new FailoverCheck("targets", CheckLevel.Error, new Problem(FailoverCheckCodes.LunWriteBack, "LUN 0 has write-back on."), FailoverPlace.Targets),
    ]);
}
