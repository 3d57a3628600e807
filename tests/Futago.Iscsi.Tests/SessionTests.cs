using System.Net;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>Sessions as a whole: reinstatement, several connections, targets that change, portals.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Reinstatement_SameInitiatorPort_EndsTheOldSessionFirst()
    {
        await using var server = new ServerUnderTest();
        using var old = server.LogIn();
        server.Scsi.HoldExecution = true;
        old.Send(old.Read(1, 0, 1));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 1);

        using var fresh = server.LogIn();

        Assert.True(old.IsClosedByTarget());
        Assert.Equal(0, server.Scsi.HeldCount);
        Assert.Single(server.Server.Sessions);
        Assert.Equal((2, 1), (server.Scsi.Opened.Count, server.Scsi.Closed.Count));
        Assert.Equal(server.Scsi.Opened.First(), server.Scsi.Closed.Single());
    }

    [Fact]
    public async Task Reinstatement_OtherIsidOrOtherName_LeavesTheSessionAlone()
    {
        await using var server = new ServerUnderTest();
        using var first = server.LogIn();
        using var otherIsid = server.Connect();
        otherIsid.Isid = [0x80, 0, 0, 2, 0, 0];
        otherIsid.LoginNormal(ServerUnderTest.TargetName);
        using var otherName = server.Connect();
        otherName.Name = "iqn.2026-01.example.test:thief";
        otherName.LoginNormal(ServerUnderTest.TargetName);

        first.Send(first.Read(1, 0, 1));

        Assert.Equal(512, first.Collect(1).Data.Length);
        Assert.Equal(3, server.Server.Sessions.Count);
    }

    [Fact]
    public async Task Reinstatement_NotAuthenticated_DoesNotTouchTheOldSession()
    {
        await using var server = new ServerUnderTest();
        using var old = server.LogIn();
        server.Server.SetTarget(server.Definition(rules: [new AccessRule(IPNetwork.Parse("127.0.0.0/8"), null)]) with { Chap = null });
        using var thief = server.Connect();

        thief.Login(0x04, ("InitiatorName", thief.Name), ("TargetName", ServerUnderTest.TargetName));
        old.Send(old.Read(1, 0, 1));

        Assert.Equal(512, old.Collect(1).Data.Length);
    }

    [Fact]
    public async Task SecondConnection_OfTheSameSession_SharesCommandOrder()
    {
        await using var server = new ServerUnderTest();
        using var first = server.LogIn(("MaxConnections", "2"));
        using var second = server.Connect();
        (second.Tsih, second.Cid, second.CmdSn) = (first.Tsih, 1, first.CmdSn);

        var joined = second.LoginNormal(ServerUnderTest.TargetName);
        first.Send(first.Write(1, 0, 1, [.. Enumerable.Repeat((byte)1, 512)]));
        var later = second.Write(3, 0, 1, [.. Enumerable.Repeat((byte)3, 512)]).With32(24, first.CmdSn + 1);
        second.Send(later);
        // Its answer says that the early command is being held.
        second.Send(second.NopOut(7).With8(0, 0x40));
        second.Expect(0x20);
        Assert.Equal(0, first.Expect(0x21).Status);
        first.Send(first.Write(2, 0, 1, [.. Enumerable.Repeat((byte)2, 512)]));
        Assert.Equal(0, first.Expect(0x21).Status);
        Assert.Equal(3u, second.Expect(0x21).TaskTag);

        Assert.Equal(0, joined.LoginStatus);
        Assert.Equal([1u, 2, 3], server.Scsi.Accepted.ToArray());
        Assert.Equal(3, server.Scsi.Medium[0]);
        Assert.Equal(2, Assert.Single(server.Server.Sessions).Connections.Count);
    }

    [Fact]
    public async Task SecondConnection_LoggedOut_FirstGoesOn()
    {
        await using var server = new ServerUnderTest();
        using var first = server.LogIn(("MaxConnections", "2"));
        using var second = server.Connect();
        (second.Tsih, second.Cid, second.CmdSn) = (first.Tsih, 1, first.CmdSn);
        second.LoginNormal(ServerUnderTest.TargetName);

        second.Send(second.Logout(1, reason: 1, cid: 1));
        second.Expect(0x26);
        Assert.True(second.IsClosedByTarget());
        first.Send(first.Read(1, 0, 1));

        Assert.Equal(512, first.Collect(1).Data.Length);
    }

    [Theory]
    [InlineData(0, ScriptedInitiator.DefaultName)] // more than were negotiated
    [InlineData(0, "iqn.2026-01.example.test:thief")]
    [InlineData(7, ScriptedInitiator.DefaultName)]
    public async Task SecondConnection_NotEntitled_IsRefused(ushort tsihOffset, string name)
    {
        await using var server = new ServerUnderTest();
        using var first = server.LogIn();
        using var second = server.Connect();
        (second.Tsih, second.Cid, second.CmdSn, second.Name) = ((ushort)(first.Tsih + tsihOffset), 1, first.CmdSn, name);

        var response = second.LoginNormal(ServerUnderTest.TargetName);
        first.Send(first.Read(1, 0, 1));

        Assert.Equal(tsihOffset == 0 && name == first.Name ? 0x0206 : 0x020A, response.LoginStatus);
        Assert.Equal(512, first.Collect(1).Data.Length);
    }

    [Fact]
    public async Task SetTarget_RulesNoLongerAllow_ClosesOnlyThoseSessions()
    {
        await using var server = new ServerUnderTest();
        using var stays = server.LogIn();
        using var goes = server.Connect();
        goes.Name = "iqn.2026-01.example.test:guest";
        goes.LoginNormal(ServerUnderTest.TargetName);

        server.Server.SetTarget(server.Definition(rules: [new AccessRule(null, ScriptedInitiator.DefaultName)]));

        Assert.True(goes.IsClosedByTarget());
        Assert.Equal("iqn.2026-01.example.test:guest", server.WaitClosed().InitiatorName);
        stays.Send(stays.Read(1, 0, 1));
        Assert.Equal(512, stays.Collect(1).Data.Length);
    }

    [Fact]
    public async Task SetTarget_ChapAdded_ClosesWhoHasNotProvenIt()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        server.Server.SetTarget(server.Definition(chap: new ChapAccount("alice", "a-long-secret", null, null)));

        Assert.True(initiator.IsClosedByTarget());
    }

    [Fact]
    public async Task RemoveTarget_InitiatorLogsOut_CompletesAtOnce()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        var removal = server.Server.RemoveTargetAsync(ServerUnderTest.TargetName);
        var message = initiator.Expect(0x32);
        initiator.Send(initiator.Logout(1));
        initiator.Expect(0x26);
        await removal;

        Assert.Equal((1, 3), ((int)message.Header[36], (int)(message.U32(40) & 0xFFFF)));
        using var late = server.Connect();
        Assert.Equal(0x0203, late.LoginNormal(ServerUnderTest.TargetName).LoginStatus);
    }

    [Fact]
    public async Task RemoveTarget_InitiatorIgnoresTheRequest_IsClosedAfterTheGrace()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.Send(initiator.Read(1, 0, 1));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 1);

        var removal = server.Server.RemoveTargetAsync(ServerUnderTest.TargetName);
        initiator.Expect(0x32);
        Assert.False(removal.IsCompleted);
        server.Time.Advance(TimeSpan.FromSeconds(4));
        await removal;

        Assert.Equal(0, server.Scsi.HeldCount);
        Assert.True(initiator.IsClosedByTarget());
    }

    [Fact]
    public async Task CloseSession_ById_EndsIt()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var id = Assert.Single(server.Server.Sessions).Id;

        Assert.True(server.Server.CloseSession(id));

        Assert.True(initiator.IsClosedByTarget());
        Assert.Equal(id, server.WaitClosed().Id);
        Assert.False(server.Server.CloseSession(id));
    }

    [Fact]
    public async Task Connection_BrokenInTheMiddleOfAWrite_ReturnsItsMemory()
    {
        await using var server = new ServerUnderTest(poolBytes: 4 << 20);
        for (var i = 0; i < 40; i++)
        {
            using var initiator = server.LogIn(("FirstBurstLength", "262144"));
            var command = initiator.Encode(initiator.Write(1, 0, 512, new byte[200 << 10]));
            initiator.SendRaw(command.AsSpan(0, command.Length / 2));
        }

        for (var i = 0; i < 40; i++)
            server.WaitClosed();
        using var last = server.LogIn(("FirstBurstLength", "262144"));
        last.Send(last.Write(1, 0, 512, new byte[256 << 10]));
        Assert.Equal(0, last.Expect(0x21).Status);
    }

    [Fact]
    public async Task Peer_StopsReading_IsDroppedAndOthersGoOn()
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { NopInterval = TimeSpan.FromHours(1), NopTimeout = TimeSpan.FromHours(1) });
        using var other = server.Connect();
        other.Name = "iqn.2026-01.example.test:other";
        other.LoginNormal(ServerUnderTest.TargetName);
        using var stuck = server.LogIn();

        stuck.SendTogether(Enumerable.Range(1, 100).Select(i => stuck.Read((uint)i, 0, 2048)));
        ServerUnderTest.WaitFor(() => server.Server.Sessions.Any(s => s.BytesRead >= 4L << 20));
        // The clock goes on until it has seen the full socket for long enough.
        SessionSnapshot? closed = null;
        for (var tries = 0; tries < 100 && !server.Closed.TryTake(out closed, TimeSpan.FromMilliseconds(200)); tries++)
            server.Time.Advance(TimeSpan.FromSeconds(31));
        other.Send(other.Read(1, 0, 1));

        Assert.Equal(stuck.Name, closed?.InitiatorName);
        Assert.Equal(512, other.Collect(1).Data.Length);
        // Not everything that it asked for was read: some data waits behind a full socket, the rest where it was.
        Assert.InRange(closed!.BytesRead, 4L << 20, 32L << 20);
    }

    [Fact]
    public async Task IdleConnection_AfterTraffic_GivesItsBufferBack()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("FirstBurstLength", "262144"));
        for (var i = 1u; i <= 4; i++)
        {
            initiator.SendTogether(Enumerable.Range(0, 100).Select(n => initiator.Write(i * 1000 + (uint)n, 0, 8, new byte[4096])));
            for (var n = 0; n < 100; n++)
                Assert.Equal(0, initiator.Expect(0x21).Status);
        }

        server.Time.Advance(TimeSpan.FromSeconds(11));
        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(512, initiator.Collect(1).Data.Length);
        initiator.SendTogether(Enumerable.Range(0, 100).Select(n => initiator.Write(9000 + (uint)n, 0, 8, new byte[4096])));
        for (var n = 0; n < 100; n++)
            Assert.Equal(0, initiator.Expect(0x21).Status);
    }

    [Fact]
    public async Task Portals_AddedKeptAndTaken_AreReported()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var kept = new IPEndPoint(IPAddress.Loopback, 0);

        var results = server.Server.SetPortals([kept, server.EndPoint, new IPEndPoint(IPAddress.IPv6Loopback, 0)]);
        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(server.EndPoint, results[0].Bound);
        Assert.False(results[1].Listening);
        Assert.NotNull(results[1].Error);
        Assert.True(results[2].Listening, results[2].Error);
        Assert.Equal(512, initiator.Collect(1).Data.Length);
    }

    [Fact]
    public async Task Portal_Closed_SessionsGoOnAndNewOnesAreRefused()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        server.Server.SetPortals([]);
        initiator.Send(initiator.Read(1, 0, 1));

        Assert.Equal(512, initiator.Collect(1).Data.Length);
        Assert.Throws<System.Net.Sockets.SocketException>(() => server.Connect());
    }
}
