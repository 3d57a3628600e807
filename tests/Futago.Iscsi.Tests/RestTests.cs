using Futago.Blocks;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>Connections that have nothing to do give up their thread and their buffers' memory, and nobody notices.</summary>
public sealed class RestTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static readonly IscsiServerOptions _soon = new() { RestAfter = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task Rest_AgainAndAgain_AnswersTheNextCommand()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn(("FirstBurstLength", "262144"));
        var content = Content(200 << 10, 7);
        for (var round = 0u; round < 5; round++)
        {
            initiator.Send(initiator.Write(round * 10 + 1, 0, 400, content));
            Assert.Equal(0, initiator.Expect(0x21).Status);
            Rest(server, 1);

            initiator.Send(initiator.Read(round * 10 + 2, 0, 400));
            Assert.Equal(content, initiator.Collect(round * 10 + 2).Data);
            Rest(server, 1);
        }
    }

    [Fact]
    public async Task Rest_AfterTraffic_KeepsTheBuffersOfAnIdleConnectionOnly()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn(("FirstBurstLength", "262144"));
        for (var i = 1u; i <= 4; i++)
        {
            initiator.SendTogether(Enumerable.Range(0, 100).Select(n => initiator.Write(i * 1000 + (uint)n, 0, 8, new byte[4096])));
            for (var n = 0; n < 100; n++)
                Assert.Equal(0, initiator.Expect(0x21).Status);
        }

        Rest(server, 1);

        // To receive, to send, and the list of what is sent.
        server.Pool.ReleaseAll();
        Assert.Equal(3 * BlockBufferPool.MinimumBytes, server.Pool.AllocatedBytes);
    }

    [Fact]
    public async Task Rest_CommandsAtThatVeryMoment_AllAreAnswered()
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { RestAfter = TimeSpan.Zero });
        using var initiator = server.LogIn(("InitialR2T", "Yes"), ("ImmediateData", "No"));
        server.Scsi.Medium.AsSpan().Fill(9);
        var content = Content(4096, 9);

        // Until it has rested often, however the threads are scheduled.
        var round = 0u;
        for (; round < 500 || server.Server.Resting.Rests < 100; round++)
        {
            initiator.Send(initiator.Write(1, 0, 8));
            Assert.Equal(0, initiator.ServeR2ts(1, content, 1024).Status);
            initiator.SendTogether(initiator.Read(2, 0, 8), initiator.Read(3, 8, 8));
            Assert.Equal(content, initiator.Collect(2).Data);
            Assert.Equal(4096, initiator.Collect(3).Data.Length);
        }

        Assert.Equal(round * 3, Assert.Single(server.Server.Sessions).Commands);
    }

    [Fact]
    public async Task Rest_Ping_NeitherSendingItNorItsAnswerKeepsItAwake()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        Rest(server, 1);
        var work = server.Server.Resting.RestsAfterWork;
        for (var round = 0; round < 5; round++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(16));
            var ping = initiator.Expect(0x20);
            Assert.Equal(1, server.Server.Resting.Count);
            var rests = server.Server.Resting.Rests;

            initiator.Send(WirePdu.New(0x40, 0x80, uint.MaxValue).With32(20, ping.TransferTag).With32(24, initiator.CmdSn));

            ServerUnderTest.WaitFor(() => server.Server.Resting.Rests > rests);
        }
        // Not after some silence, but because all that came was a sign of life.
        Assert.Equal(work, server.Server.Resting.RestsAfterWork);

        server.Time.Advance(TimeSpan.FromSeconds(16));
        server.Time.Advance(TimeSpan.FromSeconds(31));

        server.WaitClosed();
        AssertNothingLeft(server);
    }

    [Fact]
    public async Task Rest_CommandStillExecuting_IsAnsweredByWhoeverCompletesIt()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        server.Scsi.Medium.AsSpan().Fill(3);
        initiator.Send(initiator.Read(1, 0, 8));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 1);
        Rest(server, 1);

        server.Scsi.Release(1);

        Assert.Equal(Content(4096, 3), initiator.Collect(1).Data);
        Assert.Equal(1, server.Server.Resting.Count);
    }

    [Fact]
    public async Task Rest_PeerTakesAnswersSlowly_GetsAllOfThem()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.SendTogether(Enumerable.Range(1, 40).Select(i => initiator.Read((uint)i, 0, 2048)));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 40);
        Rest(server, 1);

        // 40 MiB do not fit the socket: the thread that completes must be able to hand over to one of the connection.
        for (var i = 1u; i <= 40; i++)
            server.Scsi.Release(i);

        for (var i = 1u; i <= 40; i++)
            Assert.Equal(1 << 20, initiator.Collect(i).Data.Length);
        Rest(server, 1);
    }

    [Fact]
    public async Task Rest_SessionClosed_EndsWithoutLeavingAnything()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        Rest(server, 1);

        Assert.True(server.Server.CloseSession(server.Server.Sessions[0].Id));

        Assert.True(initiator.IsClosedByTarget());
        server.WaitClosed();
        AssertNothingLeft(server);
    }

    [Fact]
    public async Task Rest_LoggedOut_EndsWithoutLeavingAnything()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        Rest(server, 1);

        initiator.Send(initiator.Logout(5));

        Assert.Equal(0x26, initiator.Expect(0x26).Opcode);
        Assert.True(initiator.IsClosedByTarget());
        server.WaitClosed();
        AssertNothingLeft(server);
    }

    [Fact]
    public async Task Rest_PeerGone_EndsWithoutLeavingAnything()
    {
        await using var server = new ServerUnderTest(_soon);
        using (server.LogIn())
            Rest(server, 1);

        server.WaitClosed();

        AssertNothingLeft(server);
    }

    [Fact]
    public async Task Rest_TargetRemoved_IsAskedToLogOut()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        Rest(server, 1);

        var removed = server.Server.RemoveTargetAsync(ServerUnderTest.TargetName);
        Assert.Equal(1, initiator.Expect(0x32).Header[36]);
        initiator.Send(initiator.Logout(5));
        initiator.Expect(0x26);

        await removed.WaitAsync(_patience, TestContext.Current.CancellationToken);
        server.WaitClosed();
        AssertNothingLeft(server);
    }

    [Fact]
    public async Task Rest_ServerStopped_EndsAll()
    {
        var server = new ServerUnderTest(_soon);
        var initiators = Enumerable.Range(0, 20).Select(i => LogInAs(server, i)).ToList();
        Rest(server, 20);

        await server.DisposeAsync().AsTask().WaitAsync(_patience, TestContext.Current.CancellationToken);

        Assert.All(initiators, i => Assert.True(i.IsClosedByTarget()));
        initiators.ForEach(i => i.Dispose());
        AssertNothingLeft(server);
    }

    [Fact]
    public async Task Rest_SessionReinstated_OldOneEndsAndNewOneWorks()
    {
        await using var server = new ServerUnderTest(_soon);
        using var old = server.LogIn();
        Rest(server, 1);

        using var next = server.LogIn();
        next.Send(next.Read(1, 0, 1));

        Assert.Equal(512, next.Collect(1).Data.Length);
        Assert.True(old.IsClosedByTarget());
        Rest(server, 1);
    }

    [Fact]
    public async Task Rest_TaskManagement_IsAnsweredAndTheSessionGoesOn()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        using var other = LogInAs(server, 1);
        Rest(server, 2);

        // TASK REASSIGN, LOGICAL UNIT RESET, ABORT TASK of one that there is not (its place in the order is of long ago).
        foreach (var (function, response) in new (byte, byte)[] { (8, 4), (5, 0), (1, 1) })
        {
            initiator.Send(initiator.TaskManagement(9, function));
            Assert.Equal(response, initiator.Expect(0x22).Header[2]);
            Rest(server, 2);
        }

        initiator.Send(initiator.Read(1, 0, 1));
        Assert.Equal(512, initiator.Collect(1).Data.Length);
        other.Send(other.Read(1, 0, 1));
        Assert.Equal(512, other.Collect(1).Data.Length);
    }

    [Fact]
    public async Task Rest_OneOfTwoConnections_OrderIsKept()
    {
        await using var server = new ServerUnderTest(_soon);
        using var first = server.LogIn(("MaxConnections", "2"));
        using var second = server.Connect();
        (second.Tsih, second.Cid, second.CmdSn) = (first.Tsih, 1, first.CmdSn);
        Assert.Equal(0, second.LoginNormal(ServerUnderTest.TargetName).LoginStatus);
        for (var round = 0u; round < 5; round++)
        {
            Rest(server, 2);
            // One has a command, the other goes on resting.
            first.Send(first.Write(1, 0, 1, Content(512, 1)));
            Assert.Equal(0, first.Expect(0x21).Status);

            // The other one's comes early and waits for its turn.
            second.Send(second.Write(3, 0, 1, Content(512, 3)).With32(24, first.CmdSn + 1));
            second.Send(second.NopOut(7).With8(0, 0x40).With32(24, first.CmdSn));
            second.Expect(0x20);
            Rest(server, 2);
            first.Send(first.Write(2, 0, 1, Content(512, 2)));
            Assert.Equal(0, first.Expect(0x21).Status);
            Assert.Equal(3u, second.Expect(0x21).TaskTag);
            Assert.Equal(3, server.Scsi.Medium[0]);
            first.CmdSn++;
        }
    }

    [Fact]
    public async Task Rest_BudgetUsedUpMeanwhile_GoesOnAllTheSame()
    {
        await using var server = new ServerUnderTest(_soon, poolBytes: 1 << 20);
        using var initiator = server.LogIn();
        Rest(server, 1);
        var taken = new List<BlockBuffer>();
        for (var size = 512 << 10; size >= 4096; size /= 2)
        {
            while (server.Pool.TryRent(size) is { } buffer)
                taken.Add(buffer);
        }

        initiator.Send(initiator.NopOut(1, Content(100, 1)));
        Assert.Equal(Content(100, 1), initiator.Expect(0x20).Data);
        Rest(server, 1);
        initiator.Send(initiator.TestUnitReady(2));

        Assert.Equal(0, initiator.Expect(0x21).Status);
        taken.ForEach(server.Pool.Return);
    }

    [Fact]
    public async Task Rest_TransferTags_AreNotUsedAgain()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn(("InitialR2T", "Yes"), ("ImmediateData", "No"));
        var tags = new HashSet<uint>();
        for (var round = 0; round < 20; round++)
        {
            initiator.Send(initiator.Write(1, 0, 2));
            var r2t = initiator.Expect(0x31);
            Assert.True(tags.Add(r2t.TransferTag));
            initiator.SendBurst(1, r2t.TransferTag, 0, Content(1024, (byte)round), 1024);
            Assert.Equal(0, initiator.Expect(0x21).Status);
            Assert.Equal(Content(1024, (byte)round), server.Scsi.Medium[..1024]);
            Rest(server, 1);
        }
    }

    [Fact]
    public async Task Rest_LateDataForAFinishedTask_IsThrownAway()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn(("InitialR2T", "Yes"), ("ImmediateData", "No"));
        initiator.Send(initiator.Write(1, 0, 2));
        var old = initiator.Expect(0x31).TransferTag;
        initiator.SendBurst(1, old, 0, Content(1024, 1), 1024);
        initiator.Expect(0x21);
        Rest(server, 1);

        // Without a slot, and with another one in its place.
        initiator.Send(initiator.DataOut(1, old, 0, 0, Content(1024, 66), final: true));
        initiator.Send(initiator.Write(2, 0, 2));
        var next = initiator.Expect(0x31).TransferTag;
        initiator.Send(initiator.DataOut(2, next, 0, 0, Content(1024, 2), final: true));

        Assert.Equal(0, initiator.Expect(0x21).Status);
        Assert.NotEqual(old, next);
        Assert.Equal(Content(1024, 2), server.Scsi.Medium[..1024]);
    }

    [Fact]
    public async Task Rest_NoThreadToGoOnWith_EndsTheConnectionAndOthersGoOn()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        Rest(server, 1);
        server.Server.Threads.StartFault = new InsufficientMemoryException("no thread");

        initiator.Send(initiator.Read(1, 0, 1));

        Assert.True(initiator.IsClosedByTarget());
        server.WaitClosed();
        AssertNothingLeft(server);
        server.Server.Threads.StartFault = null;
        using var other = server.LogIn();
        other.Send(other.Read(1, 0, 1));
        Assert.Equal(512, other.Collect(1).Data.Length);
    }

    [Fact]
    public async Task Rest_HalfAPdu_Waits()
    {
        await using var server = new ServerUnderTest(_soon);
        using var initiator = server.LogIn();
        Rest(server, 1);
        var command = initiator.Encode(initiator.Write(1, 0, 2, Content(1024, 4)));

        initiator.SendRaw(command.AsSpan(0, 20));
        ServerUnderTest.WaitFor(() => server.Server.Resting.Count == 0);
        initiator.SendRaw(command.AsSpan(20, 600));
        initiator.SendRaw(command.AsSpan(620));

        Assert.Equal(0, initiator.Expect(0x21).Status);
        Assert.Equal(Content(1024, 4), server.Scsi.Medium[..1024]);
        Rest(server, 1);
    }

    [Fact]
    public async Task Rest_ManyAtOnce_AllComeBack()
    {
        await using var server = new ServerUnderTest(_soon);
        var initiators = Enumerable.Range(0, 100).Select(i => LogInAs(server, i)).ToList();
        for (var round = 0; round < 3; round++)
        {
            Rest(server, initiators.Count);
            initiators.ForEach(i => i.Send(i.Read(1, 0, 8)));
            initiators.ForEach(i => Assert.Equal(4096, i.Collect(1).Data.Length));
        }
        initiators.ForEach(i => i.Dispose());
        foreach (var _ in initiators)
            server.WaitClosed();

        AssertNothingLeft(server);
    }

    private static void Rest(ServerUnderTest server, int count) => ServerUnderTest.WaitFor(() => server.Server.Resting.Count == count);

    private static void AssertNothingLeft(ServerUnderTest server)
    {
        ServerUnderTest.WaitFor(() =>
        {
            server.Pool.ReleaseAll();
            return server.Pool.AllocatedBytes == 0;
        });
        Assert.Equal(0, server.Server.Resting.Count);
    }

    private static ScriptedInitiator LogInAs(ServerUnderTest server, int number)
    {
        var initiator = server.Connect();
        initiator.Name = $"iqn.2026-01.example.test:rests{number}";
        Assert.Equal(0, initiator.LoginNormal(ServerUnderTest.TargetName).LoginStatus);
        return initiator;
    }

    private static byte[] Content(int length, byte value) => [.. Enumerable.Repeat(value, length)];
}
