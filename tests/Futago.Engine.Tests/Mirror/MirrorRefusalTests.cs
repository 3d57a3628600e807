using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using static Futago.Engine.Tests.Mirror.MirroredEngines;

namespace Futago.Engine.Tests.Mirror;

/// <summary>What is not done, why, and what a person can decide about it.</summary>
public sealed class MirrorRefusalTests
{
    [Fact]
    public async Task SplitBrain_IsSeenOnBothSides_AndOneIsGivenUpOnlyByAPerson()
    {
        await using var pair = await InSyncAsync();
        using (var a = pair.LogInReady(0))
        {
            pair.Cut();
            Assert.Equal(0, Write(a, 1, 0xA).Status);
        }
        await pair.ConfigureAsync(1, ReplicationRole.Source);
        await pair.WhenAsync(1, s => s.RoleProblem?.Code == ProblemCodes.VolumeReplicationPeerNotAsked);
        await pair.B.Client.ForceSourceAsync(pair.Id, new ForceSourceRequest(MirroredEngines.Task));
        using (var b = pair.LogInReady(1))
            Assert.Equal(0, Write(b, 2, 0xB).Status);

        pair.Restore();
        var here = await pair.WhenAsync(0, s => s.SplitBrain is not null);
        var there = await pair.WhenAsync(1, s => s.SplitBrain is not null);
        Assert.Equal((4096, 4096, false), (here.SplitBrain!.HereBytes, here.SplitBrain.PeerBytes, here.SplitBrain.NeedsFullResync));
        Assert.Equal(ReplicationConnection.StandAlone, here.Connection);
        Assert.Equal((ProblemCodes.VolumeReplicationSplitBrain, ReplicationRole.Source), (there.Problem!.Code, there.Role));
        await pair.A.WaitForEventAsync(EventCodes.VolumeReplicationSplitBrain);
        // The lower term has stopped serving, and does not begin again by itself.
        await pair.WhenAsync(0, s => s.Role == ReplicationRole.Destination && s.RoleProblem is not null);

        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        await Assert.ThrowsAsync<ProblemException>(() => pair.A.Client.DiscardMySideAsync(pair.Id, new DiscardMySideRequest("")));
        await pair.A.Client.DiscardMySideAsync(pair.Id, new DiscardMySideRequest(MirroredEngines.Task));
        await pair.WhenInSyncAsync(source: 1);

        using var initiator = pair.LogInReady(1);
        AssertHolds(initiator, 1, 0);
        AssertHolds(initiator, 2, 0xB);
        await pair.AssertEqualAsync();
        var snapshot = Assert.Single(await pair.A.Client.ListSnapshotsAsync());
        Assert.StartsWith("split-brain-", snapshot.Name, StringComparison.Ordinal);
        var kept = Assert.Single(Directory.GetFiles(pair.DirectoryOf(0), "data", SearchOption.AllDirectories), f => f != pair.DataOf(0));
        Assert.Equal(0xA, (await File.ReadAllBytesAsync(kept))[4096]);
    }

    [Fact]
    public async Task SmallerDestination_AgreesOnTheSmallerSizeOnlyBeforeThereIsData()
    {
        await using var pair = await PairedAsync(sizeBytes: 16 * MiB, sizeBytesB: 8 * MiB);
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);

        var status = await pair.WhenAsync(0, s => s.Problem?.Code == ProblemCodes.VolumeReplicationSizeMismatch);
        Assert.Equal(ReplicationRole.Source, status.Role);
        using (var initiator = pair.LogInReady(0))
            Assert.Equal(16 * MiB, initiator.ReadCapacityBytes(Lun));

        await pair.B.Client.UpdateVolumeAsync("vg00", pair.Volumes[1].Name, new UpdateVolumeRequest(SizeBytes: 16 * MiB));
        await pair.WhenInSyncAsync();
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Expansion_CountsWhenBothSidesHaveIt()
    {
        await using var pair = await InSyncAsync();
        await pair.A.Client.UpdateVolumeAsync("vg00", pair.Volumes[0].Name, new UpdateVolumeRequest(SizeBytes: 2 * SizeBytes));
        await pair.WhenInSyncAsync();
        using var initiator = pair.LogInReady(0);
        Assert.Equal(SizeBytes, initiator.ReadCapacityBytes(Lun));

        await pair.B.Client.UpdateVolumeAsync("vg00", pair.Volumes[1].Name, new UpdateVolumeRequest(SizeBytes: 2 * SizeBytes));
        await pair.WhenAsync(0, s => s.SizeBytes == 2 * SizeBytes);
        await pair.WhenInSyncAsync();

        using var again = pair.LogInReady(0, isid: 2);
        Assert.Equal(2 * SizeBytes, again.ReadCapacityBytes(Lun));
        Assert.Equal(0, Write(again, (int)(2 * SizeBytes / 4096) - 1, 9).Status);
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Peer_ThatDoesNotKnowTheReplication_IsNamed()
    {
        await using var pair = await PairedAsync();
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination, id: Guid.NewGuid());

        var status = await pair.WhenAsync(0, s => s.Problem is not null);

        Assert.Contains(status.Problem!.Code, new[] { ProblemCodes.VolumeReplicationPeerUnknown, ProblemCodes.VolumeReplicationPeerUnreachable });
        using var initiator = pair.LogInReady(0);
        Assert.Equal(0, Write(initiator, 0, 1).Status);
    }

    [Fact]
    public async Task ReplicatedVolume_IsKeptFromWhatWouldPartIt()
    {
        await using var pair = await InSyncAsync();
        var name = pair.Volumes[0].Name;
        var snapshot = await pair.A.Client.CreateSnapshotAsync("vg00", name, new CreateSnapshotRequest());
        using var initiator = pair.LogInReady(0);

        async Task<string> RefusedAsync(Func<System.Threading.Tasks.Task> attempt) => (await Assert.ThrowsAsync<ProblemException>(attempt)).Problem.Code;
        Assert.Equal(ProblemCodes.VolumeReplicated, await RefusedAsync(() => pair.A.Client.RollBackAsync("vg00", name, snapshot.Name, new RollBackRequest(name, WhileConnected: true))));
        Assert.Equal(ProblemCodes.VolumeInUse, await RefusedAsync(() => pair.B.Client.DeleteVolumeAsync("vg00", pair.Volumes[1].Name, new DeleteRequest(pair.Volumes[1].Name))));
        Assert.Equal(ProblemCodes.GroupBusy, await RefusedAsync(() => pair.B.Client.ExportGroupAsync("vg00")));
        Assert.Equal(ProblemCodes.VolumeReplicationOnlyCopy, await RefusedAsync(async () =>
        {
            await pair.A.KillAsync();
            await pair.B.KillAsync();
            await pair.B.StartAgainAsync();
            await pair.WhenAsync(1, s => s.Data == DataState.Consistent);
            await pair.B.Client.ClearReplicationMetadataAsync(pair.Id, new ClearReplicationMetadataRequest(MirroredEngines.Task));
        }));
    }

    [Fact]
    public async Task Sanitize_OfAReplicatedVolume_IsNotOffered()
    {
        await using var pair = await InSyncAsync();
        using var initiator = pair.LogInReady(0);

        var answer = initiator.Execute(Lun, [0x48, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal((5, 0x2000), (answer.SenseKey, answer.AdditionalSense));
    }

    /// <summary>The peer had everything when it was heard of last, and lacks what was written since.</summary>
    [Fact]
    public async Task ClearMetadata_OfASideThatWentOnAlone_IsRefused()
    {
        await using var pair = await InSyncAsync();
        await pair.B.KillAsync();
        using (var initiator = pair.LogInReady(0))
            Assert.Equal(0, Write(initiator, 4, 4).Status);
        var alone = await pair.WhenAsync(0, s => s.OutOfSyncBytes > 0);
        Assert.Equal(DataState.Consistent, alone.PeerData);
        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        await pair.WhenAsync(0, s => s.Role == ReplicationRole.Destination);

        var refusal = await Assert.ThrowsAsync<ProblemException>(
            () => pair.A.Client.ClearReplicationMetadataAsync(pair.Id, new ClearReplicationMetadataRequest(MirroredEngines.Task)));

        Assert.Equal(ProblemCodes.VolumeReplicationOnlyCopy, refusal.Problem.Code);
        Assert.True((await pair.StatusAsync(0)).OutOfSyncBytes > 0);
    }

    [Fact]
    public async Task ClearMetadata_CopiesEverythingAnew()
    {
        await using var pair = await InSyncAsync();
        using var initiator = pair.LogInReady(0);
        Assert.Equal(0, Write(initiator, 4, 4).Status);
        Assert.Equal(
            ProblemCodes.VolumeReplicationIsSource,
            (await Assert.ThrowsAsync<ProblemException>(() => pair.A.Client.ClearReplicationMetadataAsync(pair.Id, new ClearReplicationMetadataRequest(MirroredEngines.Task)))).Problem.Code);
        var before = (await pair.StatusAsync(0)).Counters.ResyncedBytes;

        await pair.B.Client.ClearReplicationMetadataAsync(pair.Id, new ClearReplicationMetadataRequest(MirroredEngines.Task));
        await pair.WhenAsync(0, s => s.Counters.ResyncedBytes - before >= SizeBytes);
        await pair.WhenInSyncAsync();

        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Replication_TakenOut_LeavesAnOrdinaryVolume()
    {
        await using var pair = await InSyncAsync();
        using (var initiator = pair.LogInReady(0))
            Assert.Equal(0, Write(initiator, 2, 2).Status);
        var metadata = Path.Combine(pair.DirectoryOf(0), "replication");
        Assert.True(File.Exists(metadata));

        await pair.ConfigureAsync(0);
        await pair.ConfigureAsync(1);

        using (var initiator = pair.LogInReady(0))
        {
            AssertHolds(initiator, 2, 2);
            Assert.Equal(0, Write(initiator, 3, 3).Status);
        }
        Assert.Empty(Directory.GetFiles(pair.DirectoryOf(0), "replication*"));
        Assert.Empty(await pair.A.Client.ListReplicationsAsync());
        // The other side serves what it has, as it was when the two parted.
        using var other = pair.LogInReady(1);
        AssertHolds(other, 2, 2);
        AssertHolds(other, 3, 0);
    }

    [Fact]
    public async Task MetadataOfAnotherNode_IsNotUsedBeforeAPersonClearsIt()
    {
        await using var pair = await InSyncAsync();
        await pair.B.KillAsync();
        // As if the group had been moved here from a third node.
        File.Copy(Path.Combine(pair.DirectoryOf(0), "replication"), Path.Combine(pair.DirectoryOf(1), "replication"), overwrite: true);
        await pair.B.StartAgainAsync();

        var status = await pair.WhenAsync(1, s => s.Problem?.Code == ProblemCodes.VolumeReplicationMetadataForeign);
        Assert.Equal(DataState.Diskless, status.Data);
        await pair.B.WaitForEventAsync(EventCodes.VolumeReplicationFailed);

        await pair.B.Client.ClearReplicationMetadataAsync(pair.Id, new ClearReplicationMetadataRequest(MirroredEngines.Task));
        await pair.WhenInSyncAsync();
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task MetadataOfTheSource_Lost_IsNotReplacedSilently()
    {
        await using var pair = await InSyncAsync();
        await pair.A.KillAsync();
        File.Delete(Path.Combine(pair.DirectoryOf(0), "replication"));
        await pair.A.StartAgainAsync();

        var status = await pair.WhenAsync(0, s => s.Problem?.Code == ProblemCodes.VolumeReplicationMetadataDamaged);

        Assert.Equal(ReplicationRole.Destination, status.Role);
        await pair.A.Client.ForceSourceAsync(pair.Id, new ForceSourceRequest(MirroredEngines.Task));
        await pair.WhenAsync(0, s => s is { Role: ReplicationRole.Source, Problem.Code: ProblemCodes.VolumeReplicationUnrelated });
        await pair.B.Client.ClearReplicationMetadataAsync(pair.Id, new ClearReplicationMetadataRequest(MirroredEngines.Task));
        await pair.WhenInSyncAsync();
    }

    [Fact]
    public async Task Destination_WithoutSpace_DoesNotStopTheSource()
    {
        // The peer's volume promises more than its group has.
        await using var pair = await PairedAsync(sizeBytes: 64 * MiB, thinB: true, imageBytesB: 512 * MiB);
        var free = Assert.Single(await pair.B.Client.ListGroupsAsync()).Space.Free;
        await pair.B.Client.CreateVolumeAsync("vg00", new("filler", VolumeType.Iscsi, free));
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        using var initiator = pair.LogInReady(0);

        await pair.B.WaitForEventAsync(EventCodes.VolumeNoSpace);

        for (var block = 0; block < 5; block++)
            Assert.Equal(0, Write(initiator, block, 1).Status);
        var status = await pair.StatusAsync(0);
        Assert.True(status.OutOfSyncBytes > 0);
        Assert.Equal((DataState.UpToDate, ReplicationRole.Source), (status.Data, status.Role));
    }
}
