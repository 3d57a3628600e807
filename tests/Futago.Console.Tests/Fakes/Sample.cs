using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Events;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Fakes;

/// <summary>A node in use, for pages to show.</summary>
public static class Sample
{
    public const string Iqn = "iqn.2026-01.example.futago:t0";

    public static readonly DateTimeOffset Time = new(2026, 11, 21, 7, 30, 35, TimeSpan.Zero);

    public static readonly NodeStatus Node = new("node-a", "0.1.0", Time, 7, [new("0.0.0.0", 3260, true, null)], 42);

    private static readonly Guid VolumeId = new("0199c1de-2bde-7a41-b4a0-90c5c2b5a001");

    private static readonly Guid NasId = new("0199c1de-2bde-7a41-b4a0-90c5c2b5a002");

    public static UnitInfo Unit(string path = "/dev/sdb", UnitUse use = UnitUse.Free, string? content = null, string? group = null) =>
        new(path, path.StartsWith("/dev/", StringComparison.Ordinal) ? UnitKind.BlockDevice : UnitKind.Image, 4 * ByteSize.GiB,
            path.StartsWith("/dev/", StringComparison.Ordinal) ? "ACME SSD 860" : null, null, use, content, group);

    public static GroupInfo Group(string name = "vg00", long free = 2 * ByteSize.GiB) =>
        new(new Guid("0199c1de-2bde-7a41-b4a0-90c5c2b5a000"), name, GroupState.Online, null, "/var/lib/futago/images/unit0.img", 4 * ByteSize.GiB,
            new GroupSpace((4 * ByteSize.GiB) - free - (64 * ByteSize.MiB), 0, 0, 0, 64 * ByteSize.MiB, free), 1);

    public static VolumeInfo Volume(string group = "vg00", string name = "lv0000", bool thin = false) =>
        new(VolumeId, group, name, VolumeType.Iscsi, ByteSize.GiB, thin ? 100 * ByteSize.MiB : ByteSize.GiB, thin, IoType.Block, VolumeState.Online, null, null, Time, []);

    public static VolumeInfo NasVolume(string name = "nas0") => Volume("vg00", name) with
    {
        Id = NasId,
        Type = VolumeType.Nas,
        FileSystem = new Futago.Engine.Contracts.Volumes.FileSystemInfo("/mnt/nas0", ByteSize.GiB, 512 * ByteSize.MiB),
        Snapshots = new SnapshotSpace(1, 10, 102 * ByteSize.MiB, ByteSize.MiB),
    };

    public static SnapshotInfo Snapshot(string name = "snap0000", string volume = "nas0") => new(
        Guid.NewGuid(), NasId, "vg00", volume, name, SnapshotOrigin.Manual, null, false, false, ByteSize.GiB, ByteSize.MiB, Time, 3200, null, []);

    public static TaskView Task(string name = "DataReplication", TaskKind kind = TaskKind.DataReplication) => new(
        Guid.NewGuid(), name, kind, "Mon-Fri 18:00", true, Time.AddHours(10), Run(name), Time.AddDays(-1),
        [new(new DateOnly(2026, 11, 19), RunStatus.Ok, 1, 0), new(new DateOnly(2026, 11, 20), RunStatus.Error, 1, 1)]);

    public static RunView Run(string task = "DataReplication") => new(
        Guid.NewGuid(), Guid.NewGuid(), task, TaskKind.DataReplication, RunTrigger.Schedule, null, Time, Time.AddSeconds(90), RunStatus.Ok, "none", "Everything was copied.", null,
        new RunResultView(Time, 0, 1, 20_001, 20_001, 3, 0, 5, ByteSize.GiB, ByteSize.MiB, 2 * ByteSize.MiB, 512, "auto-1", [], "sent 2,097,152 bytes"));

    public static SnapshotScheduleView SnapshotSchedule(string name = "hourly") => new(
        Task(name, TaskKind.Snapshot) with { Schedule = "every 1h" },
        new SnapshotScheduleSettings(NasId, "vg00/nas0", new RetentionRules(Hours: 24, Days: 7)), 12);

    public static ReplicationTaskView ReplicationTask(string name = "DataReplication") => new(
        Task(name), new ReplicationSettings("office", null, "10.77.0.2", 8874, "office", "repl", null, "aa", new ReplicationOptions(), 2, 50));

    public static ShareInfo Share(string name = "office") => new(
        Guid.NewGuid(), name, NasId, "vg00/nas0", null, "", false, false, [], ["alice"], null, "/mnt/nas0", null);

    public static LunView Lun(int number = 1) => new(number, VolumeId, "vg00/lv0000", "3a1b2c3d4e5f6071", "3a1b2c3d4e5f6071", false, false, 512, false);

    public static TargetView Target(string name = Iqn, bool started = false) =>
        new(new Guid("0199c1de-2bde-7a41-b4a0-90c5c2b5b000"), name, null, started, Time, [], [], null, null, null);

    public static SessionInfo Session(string initiator = "iqn.1993-08.org.debian:01:5d1f9c") => new(
        1, Iqn, initiator, "backup01", "00023d000001", 1, Time, null, [new(0, "10.77.0.3:51234", "10.77.0.1:3260")],
        new Dictionary<string, string> { ["HeaderDigest"] = "None", ["InitialR2T"] = "Yes", ["MaxBurstLength"] = "262144", ["ErrorRecoveryLevel"] = "0" },
        18234, 3 * ByteSize.GiB, 812 * ByteSize.MiB);

    public static TargetStatus Status(TargetView target, params SessionInfo[] sessions) => new(
        target.Id, target.Name, target.Alias, TargetState.Running, [],
        [
            new LunStatus(0, "controller", "3000000000000000", "controller0", 0, 512, true, false, false, false, "none", null, null),
            .. target.Luns.Select(l => new LunStatus(l.Lun, "disk", l.ScsiId, l.Serial, ByteSize.GiB, l.BlockSize, true, l.Removable, l.ReadOnly, l.WriteBack, "block I/O", l.Volume, null)),
        ],
        sessions);

    public static RefusedLogin Refused(RefusalReason reason, string? target = Iqn) =>
        new(1, Time, 3, "10.77.0.9", "iqn.1991-05.com.microsoft:pc01", target, reason);

    public static EventView Event(long id, EventSeverity severity = EventSeverity.Info, string text = "Volume vg00/lv0000 was created.") =>
        new(id, Time, severity, "engine", "volume.created", "vg00/lv0000", null, text, new Dictionary<string, string> { ["volume"] = "vg00/lv0000", ["size"] = "1 GiB" });

    /// <summary>Fills the fakes with a node that has a bit of everything, troubles included.</summary>
    public static void Fill(FakeNode node)
    {
        var (live, target) = (node.Live, Target(started: true) with
        {
            Alias = "virtual machines",
            Luns = [Lun(), Lun(2) with { Volume = "vg00/lv0001", VolumeId = Guid.NewGuid(), ScsiId = "3f00ba4711223344", WriteBack = true, ReadOnly = true, BlockSize = 4096 }],
            AccessRules = [new(Guid.NewGuid(), "10.77.0.0/24", null), new(Guid.NewGuid(), null, "iqn.1993-08.org.debian:01:5d1f9c")],
            ChapUser = "u1",
        });
        var idle = Target("iqn.2026-11.local.futago:node-a.target1") with { Id = Guid.NewGuid() };
        var failed = Group("vg01", ByteSize.GiB) with { State = GroupState.Missing, Problem = new Problem("group.missing", "The unit /dev/sdd is gone. Attach it again."), UnitPath = "/dev/sdd" };
        live.Units =
        [
            Unit("/dev/sda", UnitUse.SystemUse, "ext4 file system, mounted at /"),
            Unit("/dev/sdb"),
            Unit("/dev/sdc", UnitUse.ForeignData, "ext4 file system “backup”"),
            Unit("/dev/sdd", UnitUse.Missing, null, "vg01"),
            Unit("/dev/sde", UnitUse.Importable, null, "vg07"),
            Unit("/var/lib/futago/images/unit0.img", UnitUse.Group, null, "vg00"),
        ];
        live.Groups = [Group(), failed];
        live.Volumes =
        [
            Volume(),
            Volume("vg00", "lv0001", thin: true) with { Id = Guid.NewGuid() },
            Volume("vg00", "database") with
            {
                Id = Guid.NewGuid(), IoType = IoType.File, State = VolumeState.Initialising,
                Initialisation = new InitialisationInfo(400 * ByteSize.MiB, ByteSize.GiB, 50 * ByteSize.MiB, 48 * ByteSize.MiB, 13),
            },
        ];
        live.Targets = [Status(target, Session(), Session("iqn.1991-05.com.microsoft:pc01") with { Id = 2, InitiatorAlias = null }), Status(idle) with { State = TargetState.Stopped }];
        live.RefusedLogins = [Refused(RefusalReason.NoAccessRule), Refused(RefusalReason.UnknownTarget, "iqn.2026-01.example:gone") with { Id = 2 }, Refused(RefusalReason.WrongChap) with { Id = 3 }];
        node.Targets.Views.AddRange([target, idle]);
        node.Events.Entries.AddRange(Enumerable.Range(1, 60).Select(n => Event(n)));
        node.Events.Entries.Add(Event(61, EventSeverity.Warning, "Login of iqn.1991-05.com.microsoft:pc01 from 10.77.0.9 was refused.") with { Code = "login.refused" });
        node.Events.Entries.Add(Event(62, EventSeverity.Error, "The unit /dev/sdd of volume group vg01 is gone.") with { Code = "group.missing" });
        node.Events.Entries.Add(Event(63, EventSeverity.Info, "admin started iqn.2026-01.example.futago:t0.") with { Source = "audit", User = "admin", Code = "target.started", Args = new Dictionary<string, string> { ["before"] = "stopped", ["after"] = "started" } });
        node.Users.Users.Add(new("night-shift", UserRole.Operator, Time, null));
        node.Users.Tokens.Add(new(Guid.NewGuid(), "monitoring", "night-shift", Time, Time, null));
        node.Settings.Settings = new("node-a", [new("0.0.0.0", 3260), new("10.78.0.1", 3261)]);
        live.Node = Node with { Portals = [new("0.0.0.0", 3260, true, null), new("10.78.0.1", 3261, false, new Problem("portal.in-use", "Port 3261 is in use by another program."))] };
    }
}
