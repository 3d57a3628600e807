using Futago.Iscsi.Observation;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests.Observation;

public sealed class StatisticsTests
{
    [Fact]
    public async Task Statistics_ReadsWritesAndFailures_AreCountedByLunAndOperationCode()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        for (uint tag = 1; tag <= 3; tag++)
        {
            initiator.Send(initiator.Read(tag, 0, 8));
            initiator.Collect(tag);
        }
        initiator.Send(initiator.Write(4, 0, 4, new byte[2048]));
        initiator.Expect(0x21);
        initiator.Send(initiator.Read(5, 1_000_000, 8));
        initiator.Collect(5);

        var reads = WaitFor(server, 0x28, 4);
        var writes = WaitFor(server, 0x2A, 1);

        Assert.Equal((0, ScriptedInitiator.DefaultName), (reads.Lun, reads.InitiatorName));
        Assert.Equal((1, 3 * 4096, 0), (reads.Operations.Failed, reads.Operations.BytesRead, reads.Operations.BytesWritten));
        Assert.Equal((0, 0, 2048), (writes.Operations.Failed, writes.Operations.BytesRead, writes.Operations.BytesWritten));
        Assert.Equal(4, reads.Operations.LatencyBuckets.Sum());
    }

    [Fact]
    public async Task Statistics_OfASessionThatHasEnded_Stay()
    {
        await using var server = new ServerUnderTest();
        using (var initiator = server.LogIn())
        {
            initiator.Send(initiator.Read(1, 0, 8));
            initiator.Collect(1);
            WaitFor(server, 0x28, 1);
        }
        server.WaitClosed();
        using var second = server.LogIn();
        second.Send(second.Read(1, 0, 8));
        second.Collect(1);

        Assert.Equal(8192, WaitFor(server, 0x28, 2).Operations.BytesRead);
    }

    [Fact]
    public async Task Statistics_CommandsThatWait_AreOutstandingWithTheirLatency()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.SendTogether(initiator.Read(1, 0, 8), initiator.Read(2, 8, 8));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 2);
        var waiting = Assert.Single(server.Server.StatisticsOf(ServerUnderTest.TargetName)!.Sessions);
        server.Time.Advance(TimeSpan.FromSeconds(2));
        server.Scsi.Release(1);
        server.Scsi.Release(2);
        initiator.Collect(1);
        initiator.Collect(2);
        var reads = WaitFor(server, 0x28, 2);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        var statistics = server.Server.StatisticsOf(ServerUnderTest.TargetName)!;

        Assert.Equal((2, 2), (waiting.Outstanding, waiting.MaximumOutstanding));
        Assert.Equal(4_000_000_000, reads.Operations.LatencySumNanoseconds);
        Assert.Equal(2_000_000_000, reads.Operations.LatencyMaximumNanoseconds);
        Assert.Equal((0, 2), (statistics.Sessions[0].Outstanding, statistics.Sessions[0].MaximumOutstanding));
        // The second in which they ended: two commands, each of two seconds.
        var sample = Assert.Single(statistics.History, s => s.ReadsPerSecond > 0);
        Assert.Equal((2.0, 4.0, 0), (sample.ReadsPerSecond, sample.QueueDepth, sample.Outstanding));
        Assert.InRange(sample.ReadP99Nanoseconds, 1_700_000_000, 2_200_000_000);
    }

    [Fact]
    public async Task Statistics_AnInitiatorThatTriesEverything_TakesBoundedRoom()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var sent = 0;
        for (byte lun = 0; lun < 3; lun++)
        {
            for (var code = 0; code < 256; code++)
            {
                initiator.Execute(lun, [(byte)code, 0, 0, 0, 0, 0]);
                sent++;
            }
        }
        ServerUnderTest.WaitFor(() => Commands(server).Sum(c => c.Operations.Count) == sent);

        Assert.InRange(Commands(server).Count, 1, CommandCounters.MaximumKinds + 1);
    }

    [Fact]
    public async Task Statistics_UnknownTarget_AreNone()
    {
        await using var server = new ServerUnderTest();

        Assert.Null(server.Server.StatisticsOf("iqn.2026-01.example.futago:nothing"));
        Assert.Null(server.Server.SlowCommandsOf("iqn.2026-01.example.futago:nothing", TimeSpan.Zero));
    }

    private static IReadOnlyList<CommandStatistics> Commands(ServerUnderTest server) => server.Server.StatisticsOf(ServerUnderTest.TargetName)!.Commands;

    /// <summary>Counting comes a moment after the answer.</summary>
    private static CommandStatistics WaitFor(ServerUnderTest server, byte operationCode, long count)
    {
        ServerUnderTest.WaitFor(() => Commands(server).Where(c => c.OperationCode == operationCode).Sum(c => c.Operations.Count) == count);
        return Commands(server).Single(c => c.OperationCode == operationCode);
    }
}
