using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using static Futago.Engine.Tests.Mirror.MirroredEngines;

namespace Futago.Engine.Tests.Mirror;

/// <summary>Volume replication between two real engines: sync, outages, roles, what stops with it.</summary>
public sealed class MirrorTests
{
    private const int NotReady = 2;
    private const int Standby = 0x040B;

    [Fact]
    public async Task NewReplication_CopiesEverything_AndThenEveryWriteIsOnBoth()
    {
        await using var pair = await PairedAsync();
        await pair.ConfigureAsync(0);
        using (var before = pair.LogInReady(0))
            Assert.Equal(0, Write(before, 1000, 0x11).Status);
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenInSyncAsync();

        using var initiator = pair.LogInReady(0);
        Assert.Equal(0, Write(initiator, 3, 0x5A).Status);

        AssertHolds(initiator, 1000, 0x11);
        Assert.Equal(0x5A, (await File.ReadAllBytesAsync(pair.DataOf(1)))[3 * 4096]);
        await pair.AssertEqualAsync();
        var status = await pair.StatusAsync(0);
        Assert.Equal((ReplicationRole.Destination, SizeBytes, 1UL), (status.PeerRole, status.SizeBytes, status.Term));
        Assert.True(status.Counters.Writes > 0);
        Assert.NotNull(status.LocalAddress);
        await pair.A.WaitForEventAsync(EventCodes.VolumeReplicationBecameSource);
        await pair.B.WaitForEventAsync(EventCodes.VolumeReplicationResyncFinished);
        var updates = await pair.A.WaitForAsync(u => u.Replications is { Count: 1 } r ? r : null);
        Assert.Equal(pair.Id, updates[0].Id);
    }

    [Fact]
    public async Task Status_IsReadByManyAtOnce()
    {
        await using var pair = await InSyncAsync();

        var readers = Enumerable.Range(0, 8).Select(_ => System.Threading.Tasks.Task.Run(async () =>
        {
            for (var n = 0; n < 100; n++)
                Assert.Equal(Enum.GetValues<ReplicationStage>(), (await pair.StatusAsync(1)).Counters.Stages.Select(s => s.Stage));
        }));

        await System.Threading.Tasks.Task.WhenAll(readers);
    }

    /// <summary>Whatever changes data goes through the mirror; what cannot (sharing of blocks) is done by copying.</summary>
    [Fact]
    public async Task EveryKindOfWrite_IsOnBoth()
    {
        await using var pair = await PairedAsync(thinA: true, thinB: true);
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenInSyncAsync();
        using var initiator = pair.LogInReady(0);
        byte[] pattern = [.. Enumerable.Repeat((byte)0x77, 512)];
        for (var block = 0; block < 64; block++)
            Assert.Equal(0, Write(initiator, block, (byte)(block + 1)).Status);

        (string What, byte[] Cdb, byte[] Data)[] commands =
        [
            ("WRITE SAME", [0x93, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0x04, 0, 0, 0], pattern),
            ("WRITE SAME with UNMAP", [0x93, 8, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0x01, 0, 0, 0], new byte[512]),
            ("UNMAP", [0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0], [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 64, 0, 0, 0, 0]),
            ("COMPARE AND WRITE", [0x89, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0], [.. Block(2)[..512], .. pattern]),
            ("WRITE ATOMIC", [0x9c, 0, 0, 0, 0, 0, 0, 0, 0x30, 0, 0, 0, 0, 16, 0, 0], Enumerable.Repeat((byte)9, 8192).ToArray()),
            ("WRITE AND VERIFY", [0x2e, 0, 0, 0, 0x31, 0, 0, 0, 8, 0], Block(3)),
            ("EXTENDED COPY", [0x83, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 76, 0, 0], SelfCopy(from: 0x1000, to: 0x6000, blocks: 256)),
        ];
        foreach (var (what, cdb, data) in commands)
        {
            var answer = initiator.Execute(Lun, cdb, dataOut: data);
            Assert.True(answer.Status == 0, $"{what}: {answer}");
        }

        Assert.Equal(pattern, initiator.Execute(Lun, Testing.Iscsi.ScriptedInitiator.Cdb10(0x28, 0x6000, 1), 512).Data);
        Assert.Equal(pattern, initiator.Execute(Lun, Testing.Iscsi.ScriptedInitiator.Cdb10(0x28, 8, 1), 512).Data);
        Assert.Equal(new byte[512], initiator.Execute(Lun, Testing.Iscsi.ScriptedInitiator.Cdb10(0x28, 64, 1), 512).Data);
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Destination_SaysWhatItIsAndServesNobody()
    {
        await using var pair = await InSyncAsync();

        using var initiator = pair.LogIn(1);

        Assert.Equal((NotReady, Standby), Of(initiator.Execute(Lun, new byte[6])));
        Assert.Equal((NotReady, Standby), Of(Write(initiator, 0, 1)));
        Assert.Equal((NotReady, Standby), Of(initiator.ReserveOut(Lun, 0, 0, 5)));
        Assert.NotEmpty(initiator.Inquire(Lun));
    }

    [Fact]
    public async Task Destination_GoneForAWhile_GetsOnlyWhatItMissed()
    {
        await using var pair = await InSyncAsync();
        using var initiator = pair.LogInReady(0);
        Assert.Equal(0, Write(initiator, 0, 1).Status);
        await pair.B.KillAsync();
        for (var block = 0; block < 20; block++)
            Assert.Equal(0, Write(initiator, block * 7, (byte)(block + 1)).Status);
        var alone = await pair.StatusAsync(0);
        Assert.InRange(alone.OutOfSyncBytes, 20 * 4096, SizeBytes / 2);
        var before = alone.Counters.ResyncedBytes;

        await pair.B.StartAgainAsync();
        await pair.WhenInSyncAsync();

        var copied = (await pair.StatusAsync(0)).Counters.ResyncedBytes - before;
        Assert.InRange(copied, 20 * 4096, SizeBytes / 2);
        await pair.AssertEqualAsync();
        await pair.A.WaitForEventAsync(EventCodes.VolumeReplicationAlone);
    }

    [Fact]
    public async Task Source_Killed_ComesBackWithoutAConsole_AndBothSidesAgree()
    {
        await using var pair = await InSyncAsync();
        using (var initiator = pair.LogInReady(0))
        {
            for (var block = 0; block < 50; block++)
                Assert.Equal(0, Write(initiator, block, (byte)(block + 1)).Status);
        }
        await pair.A.KillAsync();
        await pair.A.StartAgainAsync();

        await pair.WhenInSyncAsync();
        using var again = pair.LogInReady(0);
        for (var block = 0; block < 50; block++)
            AssertHolds(again, block, (byte)(block + 1));
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Source_KilledWhileConnected_LooksForItsPeerAndThenGoesOnAlone()
    {
        await using var pair = await InSyncAsync();
        using (var initiator = pair.LogInReady(0))
            Assert.Equal(0, Write(initiator, 7, 7).Status);
        pair.Cut();
        await pair.A.KillAsync();
        await pair.A.StartAgainAsync();

        var waiting = await pair.WhenAsync(0, s => s.RoleProblem is not null || s.Role == ReplicationRole.Source);
        if (waiting.RoleProblem is { } problem)
            Assert.Contains(problem.Code, new[] { ProblemCodes.VolumeReplicationReconnecting, ProblemCodes.VolumeReplicationBusy });
        using (var alone = pair.LogInReady(0))
        {
            AssertHolds(alone, 7, 7);
            Assert.Equal(0, Write(alone, 8, 8).Status);
        }
        pair.Restore();
        await pair.WhenInSyncAsync();
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Destination_LeftAlone_NeverBecomesSourceByItself()
    {
        await using var pair = await InSyncAsync();
        await pair.A.KillAsync();
        await pair.WhenAsync(1, s => s.Connection == ReplicationConnection.Connecting);
        await pair.ConfigureAsync(1, ReplicationRole.Source);

        var refused = await pair.WhenAsync(1, s => s.RoleProblem is not null);

        Assert.Equal((ReplicationRole.Destination, ProblemCodes.VolumeReplicationPeerNotAsked), (refused.Role, refused.RoleProblem!.Code));
    }

    [Fact]
    public async Task Roles_SwitchedByHand_KeepDataAndReservations()
    {
        const ulong Key = 0xABCDEF;
        await using var pair = await InSyncAsync();
        using (var initiator = pair.LogInReady(0))
        {
            Assert.Equal(0, Write(initiator, 1, 7).Status);
            Assert.Equal(0, initiator.ReserveOut(Lun, 0, 0, Key).Status);
            Assert.Equal(0, initiator.ReserveOut(Lun, 1, Key, 0, type: 1).Status);
        }

        await pair.ConfigureAsync(1, ReplicationRole.Source);
        await pair.WhenAsync(1, s => s.RoleProblem?.Code == ProblemCodes.VolumeReplicationPeerIsSource);
        await pair.ConfigureAsync(0, ReplicationRole.Destination);
        await pair.WhenInSyncAsync(source: 1);

        using var holder = pair.LogInReady(1);
        using var other = pair.LogIn(1, isid: 2);
        AssertHolds(holder, 1, 7);
        Assert.Equal([Key], holder.ReadKeys(Lun).Keys);
        Assert.Equal(0x18, Write(other, 1, 9).Status);
        Assert.Equal(0, Write(holder, 1, 8).Status);
        using var old = pair.LogIn(0);
        Assert.Equal((NotReady, Standby), Of(Read(old, 1)));
        await pair.AssertEqualAsync();
        Assert.Equal(2UL, (await pair.StatusAsync(1)).Term);
    }

    [Fact]
    public async Task Verify_FindsADamagedBlock_AndHealsItWhenAsked()
    {
        await using var pair = await InSyncAsync();
        using var initiator = pair.LogInReady(0);
        Assert.Equal(0, Write(initiator, 100, 0x11).Status);
        await using (var file = new FileStream(pair.DataOf(1), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = 100 * 4096 + 17;
            file.WriteByte(0xEE);
            FileSync.Sync(file);
        }

        await pair.A.Client.StartReplicationVerifyAsync(pair.Id);
        var report = (await pair.WhenAsync(0, s => s.Verify is { FinishedAt: not null })).Verify!;
        Assert.Equal((4096, false, SizeBytes), (report.DifferentBytes, report.Aborted, report.CheckedBytes));
        Assert.Equal([new ByteRange(100 * 4096, 4096)], report.Ranges);
        await pair.A.WaitForEventAsync(EventCodes.VolumeReplicationVerifyFinished);
        await Assert.ThrowsAsync<ProblemException>(() => pair.A.Client.HealReplicationAsync(pair.Id, new HealRequest("other")));

        await pair.A.Client.HealReplicationAsync(pair.Id, new HealRequest(MirroredEngines.Task));
        await pair.WhenAsync(0, s => s.Counters.Connections > 1 && s is { Connection: ReplicationConnection.Connected, Resync: null, OutOfSyncBytes: 0 });
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task VerifyResult_OutlivesTheEngine_AndGoesWithTheReplication()
    {
        await using var pair = await InSyncAsync();
        await pair.A.Client.StartReplicationVerifyAsync(pair.Id);
        var before = (await pair.WhenAsync(0, s => s.Verify is { FinishedAt: not null })).Verify!;
        var file = Path.Combine(pair.DirectoryOf(0), "verify.json");
        await pair.WhenAsync(0, _ => File.Exists(file));

        await pair.A.KillAsync();
        await pair.A.StartAgainAsync();

        var after = (await pair.WhenAsync(0, s => s.Verify is not null)).Verify!;
        Assert.Equal((before.StartedAt, before.CheckedBytes, 0, false), (after.StartedAt, after.CheckedBytes, after.DifferentBytes, after.Aborted));
        Assert.NotNull(after.FinishedAt);
        await pair.ConfigureAsync(0);
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (File.Exists(file))
            await System.Threading.Tasks.Task.Delay(50, limit.Token);
    }

    [Fact]
    public async Task Stopped_SourceGoesOnAlone_AndStartedAgainItCatchesUp()
    {
        await using var pair = await InSyncAsync();
        await pair.ConfigureAsync(0, ReplicationRole.Source, started: false);
        await pair.WhenAsync(0, s => s.Connection == ReplicationConnection.StandAlone);
        using var initiator = pair.LogInReady(0);
        Assert.Equal(0, Write(initiator, 5, 5).Status);
        await pair.WhenAsync(0, s => s.OutOfSyncBytes > 0);

        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.WhenInSyncAsync();
        await pair.AssertEqualAsync();
    }

    /// <summary>EXTENDED COPY (LID1), SPC-4 section 6.4, within the LUN.</summary>
    private static byte[] SelfCopy(ushort from, ushort to, ushort blocks) =>
    [
        0, 0x18, 0, 32, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 0,
        0xe4, 0, 0, 0, 1, 3, 0, 8, 0x30, 0, 0, 0, 0, 0, 0, 1, .. new byte[12], 0, 0, 2, 0,
        0x02, 0, 0, 24, 0, 0, 0, 0, 0, 0, (byte)(blocks >> 8), (byte)blocks,
        .. new byte[6], (byte)(from >> 8), (byte)from, .. new byte[6], (byte)(to >> 8), (byte)to,
    ];

    private static (int Key, int Code) Of(Testing.Iscsi.ScsiAnswer answer) => (answer.SenseKey, answer.AdditionalSense);
}
