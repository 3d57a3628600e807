using System.Diagnostics;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using static Futago.Engine.Tests.Mirror.MirroredEngines;

namespace Futago.Engine.Tests.Mirror;

/// <summary>I15 with a real file system that fails: what a source does not know of its medium, its engine's directory does.</summary>
public sealed class MirrorMediumTests
{
    [Fact]
    public async System.Threading.Tasks.Task Source_LostItsMediumAndStartsWithItWithoutThePeer_DoesNotServeIt()
    {
        await using var pair = await InSyncAsync();
        var group = Path.Combine(pair.A.MountRoot, "vg00");
        var note = Path.Combine(pair.A.DataDirectory, "mirror", $"{pair.Id:N}.json");
        using (var initiator = pair.LogInReady(0))
        {
            Assert.Equal(0, Write(initiator, 1, 0xA).Status);
            await RunAsync("xfs_io", "-x", "-c", "shutdown", group);
            // Only the peer's medium gets these, the second when the group is known to be dead.
            Assert.Equal(0, Write(initiator, 1, 0xB).Status);
            AssertHolds(initiator, 1, 0xB);
            await WhenGroupIsAsync(pair.A, GroupState.Failed);
            Assert.Equal(0, Write(initiator, 2, 0xC).Status);
            AssertHolds(initiator, 1, 0xB);
        }
        Assert.True(File.Exists(note), "the write was acknowledged, and nothing notes that this node lacks it");
        await pair.A.WaitForEventAsync(EventCodes.VolumeReplicationDiskFailed);

        pair.Cut();
        await pair.A.KillAsync();
        // The medium is as good as new: mounted again it has what it had before it failed.
        await pair.A.StartAgainAsync();
        var status = await pair.WhenAsync(0, s => s.RoleProblem?.Code == ProblemCodes.VolumeReplicationBehindPeer);
        Assert.Equal((ReplicationRole.Destination, DataState.Outdated), (status.Role, status.Data));
        Assert.Contains("Connect the peer", status.RoleProblem!.Detail, StringComparison.Ordinal);

        pair.Restore();
        await pair.WhenInSyncAsync();
        using (var initiator = pair.LogInReady(0))
        {
            AssertHolds(initiator, 1, 0xB);
            AssertHolds(initiator, 2, 0xC);
        }
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (File.Exists(note))
            await System.Threading.Tasks.Task.Delay(30, limit.Token);
        await pair.AssertEqualAsync();
    }

    /// <summary>No request meets the dead medium before the engine notices it; initiators stay logged in until the roles are switched.</summary>
    [Fact]
    public async System.Threading.Tasks.Task Source_WhoseGroupDies_IsServedFromThePeerUntilTheRolesAreSwitched()
    {
        await using var pair = await InSyncAsync();
        using (var initiator = pair.LogInReady(0))
        {
            Assert.Equal(0, Write(initiator, 1, 0xA).Status);
            await RunAsync("xfs_io", "-x", "-c", "shutdown", Path.Combine(pair.A.MountRoot, "vg00"));
            await WhenGroupIsAsync(pair.A, GroupState.Failed);
            await pair.A.WaitForEventAsync(EventCodes.VolumeReplicationWithoutMedium);
            AssertHolds(initiator, 1, 0xA);
            Assert.Equal(0, Write(initiator, 2, 0xB).Status);
            AssertHolds(initiator, 2, 0xB);
        }

        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        await pair.ConfigureAsync(1, ReplicationRole.Source);
        await WhenGroupIsAsync(pair.A, GroupState.Online);
        await pair.WhenInSyncAsync(1);
        using (var initiator = pair.LogInReady(1))
        {
            AssertHolds(initiator, 1, 0xA);
            AssertHolds(initiator, 2, 0xB);
        }
        await pair.AssertEqualAsync();
    }

    private static async System.Threading.Tasks.Task WhenGroupIsAsync(EngineUnderTest engine, GroupState state)
    {
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while ((await engine.Client.ListGroupsAsync()).Single().State != state)
            await System.Threading.Tasks.Task.Delay(30, limit.Token);
    }

    private static async System.Threading.Tasks.Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
