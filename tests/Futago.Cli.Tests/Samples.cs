using Futago.Console.Client.Pairing;
using Futago.Console.Client.Targets;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Cli.Tests;

/// <summary>Contract objects that the fakes answer with.</summary>
internal static class Samples
{
    public const string Iqn = "iqn.2026-01.example.futago:t0";
    public const string EscapedIqn = "iqn.2026-01.example.futago%3At0";

    public static readonly DateTimeOffset Time = new(2026, 1, 31, 15, 30, 0, TimeSpan.Zero);

    public static readonly Guid RuleId = Guid.Parse("aaaaaaaa-0000-0000-0000-000000000001");

    public static UnitInfo Unit(string path) => new(path, UnitKind.Image, 4L << 30, null, null, UnitUse.Free, null, null);

    public static GroupInfo Group { get; } = new(
        Guid.Parse("bbbbbbbb-0000-0000-0000-000000000001"), "vg00", GroupState.Online, null, "/u/unit0.img", 4L << 30, new GroupSpace(1L << 30, 0, 0, 0, 1L << 20, 3L << 30), 1);

    public static VolumeInfo Volume(long sizeBytes = 1L << 30, string name = "lv0000") => new(
        Guid.Parse("cccccccc-0000-0000-0000-000000000001"), "vg00", name, VolumeType.Iscsi, sizeBytes, sizeBytes, false, IoType.Block, VolumeState.Online, null, null, Time, []);

    public static SnapshotInfo Snapshot { get; } = new(
        Guid.Parse("eeeeeeee-0000-0000-0000-000000000001"), Guid.Parse("cccccccc-0000-0000-0000-000000000001"), "vg00", "lv0000", "snap0000",
        SnapshotOrigin.Manual, null, false, false, 1L << 30, 1L << 20, Time, 1234, null, []);

    public static ShareInfo Share { get; } = new(
        Guid.Parse("ffffffff-0000-0000-0000-000000000001"), "office", Guid.Parse("cccccccc-0000-0000-0000-000000000002"), "vg00/nas0", null, "",
        false, false, [], ["alice"], null, "/mnt", null);

    public static SessionInfo Session { get; } = new(
        7, Iqn, "iqn.1994-05.com.redhat:abc", "client", "00023d000001", 3, Time, "u1",
        [new ConnectionInfo(0, "127.0.0.1:40000", "127.0.0.1:3260")],
        new Dictionary<string, string> { ["MaxBurstLength"] = "262144", ["HeaderDigest"] = "None" }, 12, 4096, 8192);

    public static TargetStatus Status { get; } = new(
        Guid.Parse("dddddddd-0000-0000-0000-000000000001"), Iqn, "demo", TargetState.Running, [],
        [
            new LunStatus(0, "controller", "3000000000000000", "ctl", 0, 1, true, false, false, false, "none", null, null),
            new LunStatus(1, "disk", "3111111111111111", "sn1", 1L << 30, 512, true, false, false, false, "block I/O", "vg00/lv0000", null),
        ],
        [Session]);

    public static TargetView Target { get; } = new(
        Guid.Parse("dddddddd-0000-0000-0000-000000000001"), Iqn, "demo", true, Time,
        [new LunView(1, Guid.Parse("cccccccc-0000-0000-0000-000000000001"), "vg00/lv0000", "3111111111111111", "sn1", false, false, 512, false)],
        [new AccessRuleView(RuleId, "127.0.0.0/8", null)],
        "u1", "m1", Status);

    public static PairView Pair { get; } = new(
        "nodea", Guid.Parse("eeeeeeee-0000-0000-0000-000000000001"), new string('a', 64), "10.78.0.1", 7789, true, null, [new NodeAddress("10.78.0.1", "eth1", 1500)], null,
        new PeerView(
            "nodeb", Guid.Parse("eeeeeeee-0000-0000-0000-000000000002"), Guid.Parse("eeeeeeee-0000-0000-0000-000000000003"), "10.78.0.2", 8443, null, 7789,
            new string('b', 64), new string('c', 64), Time, "admin",
            new PeerStatus(PeerState.Reachable, Time, null, "0.1.0", true, 1500.25, 0.5, true)));

    public static VolumeReplicationView Replication { get; } = new(
        RuleId, "replication1", false, ReplicationRole.Source, true, Time, true, "vg00/lv0000", RuleId, "vg00/lv0000", "replication1_reverse", "nodeb",
        1L << 30, null, Time,
        new ReplicationStatus(
            RuleId, "replication1", RuleId, ReplicationConnection.Connected, ReplicationRole.Source, ReplicationRole.Destination, null, DataState.UpToDate, DataState.UpToDate,
            1L << 30, 0, false, 3, "4f2a", null, null, null, null, "10.78.0.1:40112", "10.78.0.2:7789", new ReplicationCounters(10, 4096, 4096, 512, 1L << 30, 1, 210.4, 388.9, 96.2, 1)),
        null);

    public static PathTestResult Path { get; } = new("10.78.0.1:40000", "10.78.0.2:7789", 1000, 53.6, 84, 120.25, 400L << 20, 350L << 20, 1500);

    public static NodeStatus Node { get; } = new("solo", "0.1.0", Time, 5, [new PortalStatus("0.0.0.0", 3260, true, null)], 9);
}
