using System.Diagnostics;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
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
            // Only the peer's medium gets this one.
            Assert.Equal(0, Write(initiator, 1, 0xB).Status);
            Assert.Equal(Block(0xB), Read(initiator, 1).Data);
        }
        Assert.True(File.Exists(note), "the write was acknowledged, and nothing notes that this node lacks it");
        await pair.A.WaitForEventAsync(EventCodes.VolumeReplicationDiskFailed);

        pair.Cut();
        await pair.A.KillAsync();
        // The medium is as good as new: mounted again it has what it had before it failed.
        await RunAsync("umount", group);
        await pair.A.StartAgainAsync();
        var status = await pair.WhenAsync(0, s => s.RoleProblem?.Code == ProblemCodes.VolumeReplicationBehindPeer);
        Assert.Equal((ReplicationRole.Destination, DataState.Outdated), (status.Role, status.Data));
        Assert.Contains("Connect the peer", status.RoleProblem!.Detail, StringComparison.Ordinal);

        pair.Restore();
        await pair.WhenInSyncAsync();
        using (var initiator = pair.LogInReady(0))
            Assert.Equal(Block(0xB), Read(initiator, 1).Data);
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (File.Exists(note))
            await System.Threading.Tasks.Task.Delay(30, limit.Token);
        await pair.AssertEqualAsync();
    }

    private static async System.Threading.Tasks.Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
