using Futago.Iscsi.Observation;

namespace Futago.Iscsi.Tests.Observation;

public sealed class RecorderTests
{
    [Fact]
    public async Task Commands_OfASession_TellCdbStatusSenseAndTimes()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var session = server.Server.Sessions[0].Id;
        server.Scsi.HoldExecution = true;
        initiator.Send(initiator.Write(7, 3, 4, new byte[2048]));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 1);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        server.Scsi.Release(7);
        initiator.Expect(0x21);
        initiator.Send(initiator.Read(8, 1_000_000, 8));
        initiator.Collect(8);
        ServerUnderTest.WaitFor(() => server.Server.CommandsOf(session)!.Count == 2);

        var commands = server.Server.CommandsOf(session)!;

        Assert.Equal([0x2A, 0, 0, 0, 0, 3, 0, 0, 4, 0], commands[0].Cdb.Select(b => (int)b));
        Assert.Equal((7u, 0, 2048, 0, 0), (commands[0].Tag, commands[0].Lun, commands[0].BytesWritten, commands[0].Status, commands[0].SenseKey));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), (commands[0].Gathering, commands[0].Execution, commands[0].Total));
        Assert.Equal((2, 5, 0x21), (commands[1].Status, commands[1].SenseKey, commands[1].AdditionalSenseCode));
        // Turned down before it came to the medium.
        Assert.Null(commands[1].Execution);
    }

    [Fact]
    public async Task Commands_MoreThanTheRingHolds_AreTheLastOnes()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var session = server.Server.Sessions[0].Id;
        const uint Sent = CommandRing.Capacity * 2 + 40;
        for (uint tag = 1; tag <= Sent; tag++)
        {
            initiator.Send(initiator.Read(tag, tag, 1));
            initiator.Collect(tag);
        }
        ServerUnderTest.WaitFor(() => server.Server.CommandsOf(session)![^1].Tag == Sent);

        var tags = server.Server.CommandsOf(session)!.Select(c => c.Tag).ToList();

        Assert.Equal(Enumerable.Range((int)(Sent - tags.Count + 1), tags.Count).Select(t => (uint)t), tags);
        Assert.InRange(tags.Count, CommandRing.Capacity - 1, CommandRing.Capacity);
    }

    [Fact]
    public void Ring_ReadWhileItIsWritten_NeverTellsAHalfRecord()
    {
        var ring = new CommandRing();
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            for (long i = 1; !stop.IsCancellationRequested; i++)
            {
                ref var record = ref ring.Next();
                (record.ArrivedAt, record.LunField, record.CompletedAt, record.SentAt) = (i, (ulong)i, i, i);
                ring.Commit();
            }
        })
        { IsBackground = true };
        writer.Start();

        for (var round = 0; round < 2000; round++)
        {
            var records = ring.Read();
            Assert.All(records, r => Assert.Equal((r.ArrivedAt, r.ArrivedAt, r.ArrivedAt), ((long)r.LunField, r.CompletedAt, r.SentAt)));
            Assert.All(records.Zip(records.Skip(1)), pair => Assert.Equal(pair.First.SentAt + 1, pair.Second.SentAt));
        }
        stop.Cancel();
        writer.Join();
    }

    [Fact]
    public async Task SlowCommands_AreListedByThreshold()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        foreach (var (tag, seconds) in new[] { (1u, 0), (2u, 1), (3u, 5) })
        {
            initiator.Send(initiator.Read(tag, 0, 8));
            ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 1);
            server.Time.Advance(TimeSpan.FromSeconds(seconds));
            server.Scsi.Release(tag);
            initiator.Collect(tag);
        }
        ServerUnderTest.WaitFor(() => Slow(server, TimeSpan.Zero).Count() == 2);

        Assert.Equal([3u, 2u], Slow(server, TimeSpan.Zero));
        Assert.Equal([3u], Slow(server, TimeSpan.FromSeconds(2)));
    }

    private static IEnumerable<uint> Slow(ServerUnderTest server, TimeSpan threshold) =>
        server.Server.SlowCommandsOf(ServerUnderTest.TargetName, threshold)!.Select(c => c.Tag);
}
