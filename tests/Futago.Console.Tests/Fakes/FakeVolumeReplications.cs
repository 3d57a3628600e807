using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Tests.Fakes;

/// <summary>Tasks in memory; their status is in the live status, as in the console.</summary>
public sealed class FakeVolumeReplications(FakeLiveStatus live) : FakeService, IVolumeReplications
{
    public static readonly Guid TaskId = Guid.Parse("dddddddd-0000-0000-0000-000000000001");

    public List<VolumeReplicationView> Tasks { get; } = [];

    public Problem? PeerProblem { get; set; }

    public DestinationOffer Offer { get; set; } = new(
        "node-b",
        [
            new DestinationVolume("vg00/lv0003", 10 * ByteSize.GiB, false, null),
            new DestinationVolume("vg00/lv0004", 10 * ByteSize.GiB, false, new Problem(ProblemCodes.VolumeReplicationDestinationInUse, "The volume vg00/lv0004 is in use.")),
        ],
        [
            new DestinationGroup("vg00", 40 * ByteSize.GiB, "vg00/lv0000", null),
            new DestinationGroup("vg01", ByteSize.GiB, "vg01/lv0000", new Problem(ProblemCodes.SizeTooLarge, "The group vg01 has 1 GiB free.")),
        ]);

    public static VolumeReplicationView Task { get; } = new(
        TaskId, "replication1", false, ReplicationRole.Source, true, Sample.Time, true, "vg00/lv0000", Guid.Parse("cccccccc-0000-0000-0000-000000000001"),
        "vg00/lv0000", "replication1_reverse", "node-b", 10 * ByteSize.GiB, 100 * ByteSize.MiB, Sample.Time, null, null);

    public static ReplicationStatus Synced { get; } = new(
        TaskId, "replication1", Task.VolumeId!.Value, ReplicationConnection.Connected, ReplicationRole.Source, ReplicationRole.Destination, null,
        DataState.UpToDate, DataState.UpToDate, 10 * ByteSize.GiB, 0, false, 3, "4f2a91c07be31d55", null, null, null, null, "10.78.0.1:40112", "10.78.0.2:7789",
        new ReplicationCounters(182_340, 5 * ByteSize.GiB, 6 * ByteSize.GiB, 12 * ByteSize.MiB, 10 * ByteSize.GiB, 2, 210.4, 388.9, 96.2, 14));

    public static ReplicationStatus Resyncing { get; } = Synced with
    {
        PeerData = DataState.Inconsistent,
        OutOfSyncBytes = 6 * ByteSize.GiB,
        Resync = new ResyncProgress(ResyncState.Source, 4 * ByteSize.GiB, 10 * ByteSize.GiB, 96 * ByteSize.MiB, 64),
    };

    public static ReplicationStatus Split { get; } = Synced with
    {
        Connection = ReplicationConnection.StandAlone,
        PeerRole = null,
        PeerData = DataState.Unknown,
        OutOfSyncBytes = 24 * ByteSize.MiB,
        SplitBrain = new SplitBrainInfo(Sample.Time, 18 * ByteSize.MiB, 6 * ByteSize.MiB, false),
        Problem = new Problem(ProblemCodes.VolumeReplicationSplitBrain, "Split brain: both sides have data that the other lacks. Choose the side that survives."),
        LocalAddress = null,
        PeerAddress = null,
    };

    public static ReplicationStatus Different { get; } = Synced with
    {
        Verify = new VerifyReport(Sample.Time, Sample.Time.AddMinutes(4), 10 * ByteSize.GiB, 10 * ByteSize.GiB, 8192, [new ByteRange(4096, 4096), new ByteRange(1 << 20, 4096)], false),
    };

    public void Have(VolumeReplicationView task, ReplicationStatus? status)
    {
        Tasks.Add(task);
        if (status is not null)
            live.Replications = [.. live.Replications, status];
    }

    public Task<IReadOnlyList<VolumeReplicationView>> ListAsync(CancellationToken cancellation = default) => System.Threading.Tasks.Task.FromResult<IReadOnlyList<VolumeReplicationView>>([.. Tasks]);

    public Task<VolumeReplicationView> GetAsync(string name, CancellationToken cancellation = default) => Found(name);

    /// <summary>Where each side changed the volume.</summary>
    public ReplicationChanges Changes { get; set; } = new(new ChangeMap(ByteSize.GiB, new long[ChangeMap.Parts]), new ChangeMap(ByteSize.GiB, new long[ChangeMap.Parts]), null);

    public Task<ReplicationChanges> GetChangesAsync(string name, CancellationToken cancellation = default) => System.Threading.Tasks.Task.FromResult(Changes);

    public Task<IReadOnlyList<VolumeMode>> ListModesAsync(CancellationToken cancellation = default) => System.Threading.Tasks.Task.FromResult<IReadOnlyList<VolumeMode>>([]);

    public Task<DestinationOffer> BrowseAsync(string source, CancellationToken cancellation = default)
    {
        Answer();
        return System.Threading.Tasks.Task.FromResult(Offer);
    }

    public Task<VolumeReplicationView> CreateAsync(CreateVolumeReplication request, CancellationToken cancellation = default)
    {
        Take(request);
        Tasks.Add(Task with { Name = request.Name });
        return Found(request.Name);
    }

    public Task<VolumeReplicationResult> UpdateAsync(string name, UpdateVolumeReplication request, CancellationToken cancellation = default)
    {
        Take(request);
        return System.Threading.Tasks.Task.FromResult(new VolumeReplicationResult(Task, PeerProblem));
    }

    public Task<VolumeReplicationView> StartAsync(string name, CancellationToken cancellation = default) => Did($"start {name}", name);

    public Task<VolumeReplicationResult> StopAsync(string name, CancellationToken cancellation = default)
    {
        Take($"stop {name}");
        return System.Threading.Tasks.Task.FromResult(new VolumeReplicationResult(Task, PeerProblem));
    }

    public Task<VolumeReplicationView> SwitchAsync(string name, SwitchVolumeReplication request, CancellationToken cancellation = default) => Did(request, name);

    public Task<VolumeReplicationView> StartVerifyAsync(string name, CancellationToken cancellation = default) => Did($"verify {name}", name);

    public Task<VolumeReplicationView> StopVerifyAsync(string name, CancellationToken cancellation = default) => Did($"stop verify {name}", name);

    public Task<VolumeReplicationView> HealAsync(string name, string confirm, CancellationToken cancellation = default) => Did($"heal {confirm}", name);

    public Task DeleteAsync(string name, DeleteVolumeReplication request, CancellationToken cancellation = default)
    {
        Take(request);
        Tasks.RemoveAll(t => t.Name == name);
        return System.Threading.Tasks.Task.CompletedTask;
    }

    public Task<VolumeReplicationView> ClearMetadataAsync(string name, string confirm, CancellationToken cancellation = default) => Did($"clear {confirm}", name);

    public Task<VolumeReplicationView> DiscardSideAsync(string name, DiscardSide request, CancellationToken cancellation = default) => Did(request, name);

    public Task<VolumeReplicationView> ForceSourceAsync(string name, string confirm, CancellationToken cancellation = default) => Did($"force {confirm}", name);

    private Task<VolumeReplicationView> Did(object request, string name)
    {
        Take(request);
        return Found(name);
    }

    private Task<VolumeReplicationView> Found(string name) => System.Threading.Tasks.Task.FromResult(Tasks.First(t => t.Name == name));
}
