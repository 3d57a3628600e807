using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Tests.Fakes;

/// <summary>The failover in memory; its status is in the live status, as in the console.</summary>
public sealed class FakeFailover(FakeLiveStatus live) : FakeService, IFailover
{
    public static readonly Guid Id = Guid.Parse("dddddddd-0000-0000-0000-00000000000f");

    public static NicInfo Nic(string name, string address) => new(name, "02:00:00:00:00:01", true, 1000, 1500, [new NicAddress(address, 24, false)], 4096, 8192, 0, 0, 0);

    public static FailoverDefinition Definition { get; } = new(
        Id, true, FailoverPolicy.PingOnly, false,
        [new FailoverVirtualIp("10.77.0.10", 24, null, "eth0", "eth0")], [new FailoverAuxiliary("eth1", "eth1")],
        [new FailoverPath("eth0", "eth0", "10.77.0.1", "10.77.0.2", false), new FailoverPath("eth1", "eth1", "10.78.0.1", "10.78.0.2", true)],
        ["10.77.0.254"], null,
        [new FailoverTask(FakeVolumeReplications.TaskId, "replication1", "vg00/lv0000", "vg00/lv0000")],
        [new FailoverTarget(Guid.Empty, "iqn.2026-01.example:t0", true, [0, 1])],
        Sample.Time, true, false);

    public static FailoverStatus Running { get; } = new(
        Id, true, false, true, FailoverPolicy.PingOnly, FailoverState.ActiveMirrored, null, null, 4, false, DataState.UpToDate,
        new FailoverPeerStatus(true, Sample.Time, FailoverState.Passive, 4, DataState.UpToDate, false),
        [new HeartbeatPathStatus("eth0", "10.77.0.1", "10.77.0.2", true, 250, 0, null), new HeartbeatPathStatus("eth1", "10.78.0.1", "10.78.0.2", true, 180, 2.5, null)],
        [new PingNodeStatus("10.77.0.254", true, false, 400)], null,
        [new VirtualIpStatus("10.77.0.10", 24, "eth0", true, null)], null,
        [new FailoverSwitch(FailoverSwitchKind.Takeover, true, 4, Sample.Time, Sample.Time.AddMilliseconds(812), 5100, [new("Promote", 300), new("AddVirtualIp", 12.5), new("NewStep", 99)], null)]);

    public static FailoverStatus Stopped { get; } = Running with { Running = false, State = FailoverState.Off, Peer = Running.Peer! with { State = FailoverState.Off }, History = [] };

    public static FailoverCheck Good { get; } = new("peer", CheckLevel.Ok, new Problem(FailoverCheckCodes.PeerAnswers, "node-b answers.", null, new Dictionary<string, string> { ["peer"] = "node-b" }));

    public static FailoverCheck Wrong { get; } = new(
        "targets", CheckLevel.Error,
        new Problem(FailoverCheckCodes.LunWriteBack, "LUN 0 of t0 has write-back on.", null, new Dictionary<string, string> { ["lun"] = "0", ["target"] = "t0" }), FailoverPlace.Targets, "t0");

    public FailoverView View { get; set; } = new("node-a", null, null, null, null);

    public List<FailoverCheck> Checks { get; } = [Good];

    public List<FailoverChange?> Drafts { get; } = [];

    public FailoverOffer Offer { get; set; } = new(
        "node-a", "node-b", [Nic("eth0", "10.77.0.1"), Nic("eth1", "10.78.0.1")], [Nic("eth0", "10.77.0.2"), Nic("eth1", "10.78.0.2")],
        [new FailoverOfferTask("replication1", "vg00/lv0000", "vg00/lv0000", true, ["iqn.2026-01.example:t0"])],
        [new FailoverOfferGroup("vg00", 8 * ByteSize.GiB)], [new FailoverOfferGroup("vg00", 4 * ByteSize.GiB), new FailoverOfferGroup("vg01", ByteSize.GiB)],
        "lv0003", "iqn.2026-11.example:node-a.target1", null);

    /// <summary>What the steps of a set-up are, and how far they are.</summary>
    public FailoverPlan Plan { get; set; } = new([]);

    public void Have(FailoverStatus? status, FailoverDefinition? definition = null)
    {
        View = new FailoverView("node-a", "node-b", definition ?? Definition, null, null);
        live.Failover = status;
    }

    public Task<FailoverView> GetAsync(CancellationToken cancellation = default) => Task.FromResult(View);

    public Task<FailoverOffer> OfferAsync(CancellationToken cancellation = default) => Task.FromResult(Offer);

    public Task<FailoverChecks> CheckAsync(FailoverChange? draft = null, CancellationToken cancellation = default)
    {
        Drafts.Add(draft);
        return Task.FromResult(new FailoverChecks(Checks.TrueForAll(c => c.Level != CheckLevel.Error), [.. Checks]));
    }

    public Task<FailoverPlan> PlanAsync(FailoverChange request, CancellationToken cancellation = default) => Task.FromResult(Plan);

    public Task<FailoverPlan> GetProgressAsync(CancellationToken cancellation = default) => Task.FromResult(Plan);

    public Task<FailoverView> CreateAsync(FailoverChange request, CancellationToken cancellation = default) => Done(request);

    public Task<FailoverView> UpdateAsync(FailoverChange request, CancellationToken cancellation = default) => Done(request);

    public Task<FailoverView> CopyTargetsAsync(CancellationToken cancellation = default) => Done("copy-targets");

    public Task DeleteAsync(DeleteFailover request, CancellationToken cancellation = default) => Done(request);

    public Task<FailoverView> StartAsync(CancellationToken cancellation = default) => Done("start");

    public Task<FailoverView> StopAsync(CancellationToken cancellation = default) => Done("stop");

    public Task<FailoverView> SwitchAsync(CancellationToken cancellation = default) => Done("switch");

    public Task<FailoverView> FailBackAsync(CancellationToken cancellation = default) => Done("failback");

    public Task<FailoverView> SyncAsync(CancellationToken cancellation = default) => Done("sync");

    public Task<FailoverView> SetMaintenanceAsync(FailoverMaintenance request, CancellationToken cancellation = default) => Done(request);

    public Task<FailoverView> ServeAnywayAsync(ServeAnyway request, CancellationToken cancellation = default) => Done(request);

    private Task<FailoverView> Done(object request)
    {
        Take(request);
        return Task.FromResult(View);
    }
}
