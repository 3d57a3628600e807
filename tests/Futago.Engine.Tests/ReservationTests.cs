using System.Net;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests;

/// <summary>Persistent reservations against a real engine: what they outlive and what not.</summary>
public sealed class ReservationTests
{
    private const long MiB = 1L << 20;
    private const string Name = "iqn.2026-01.example.futago:t0";
    private const byte Lun = 1;
    private const byte Register = 0;
    private const byte Reserve = 1;
    private const byte WriteExclusive = 1;
    private const ulong Key = 0xABCDEF0123456789;
    private const byte Conflict = 0x18;

    private static ScriptedInitiator LogIn(EngineUnderTest engine, byte isid)
    {
        var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, engine.Port)) { Isid = [0x80, 0, 0, isid, 0, 0] };
        Assert.Equal(0, initiator.LoginNormal(Name).LoginStatus);
        initiator.TakeAttentions(Lun);
        return initiator;
    }

    private static async Task<(EngineUnderTest Engine, TargetConfiguration Target)> ServeAsync()
    {
        var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, MiB));
        var target = EngineUnderTest.Target(Name, volume.Id);
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, target));
        return (engine, target);
    }

    private static void RegisterAndReserve(ScriptedInitiator initiator, bool persist)
    {
        Assert.Equal(0, initiator.ReserveOut(Lun, Register, 0, Key, persist: persist).Status);
        Assert.Equal(0, initiator.ReserveOut(Lun, Reserve, Key, 0, WriteExclusive).Status);
    }

    private static byte WriteStatus(ScriptedInitiator initiator) => initiator.Execute(Lun, [0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0], dataOut: new byte[512]).Status;

    private static string ReservationFile(EngineUnderTest engine) =>
        Assert.Single(Directory.GetFiles(Path.Combine(engine.MountRoot, "vg00", "volumes"), "reservations.json", SearchOption.AllDirectories));

    [Fact]
    public async Task Reservation_ThatPersists_OutlivesAKilledEngine()
    {
        var (engine, _) = await ServeAsync();
        await using var _1 = engine;
        using (var holder = LogIn(engine, 1))
            RegisterAndReserve(holder, persist: true);
        await engine.KillAsync();
        await engine.StartAgainAsync();

        using var again = LogIn(engine, 1);
        using var other = LogIn(engine, 2);

        Assert.Equal(0u, again.ReadKeys(Lun).Generation);
        Assert.Equal([Key], again.ReadKeys(Lun).Keys);
        Assert.Equal((0, Conflict), (WriteStatus(again), WriteStatus(other)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ReservationFile(engine)));
    }

    [Fact]
    public async Task Reservation_ThatDoesNotPersistAnyMore_LeavesNoFile()
    {
        var (engine, _) = await ServeAsync();
        await using var _1 = engine;
        using var holder = LogIn(engine, 1);
        RegisterAndReserve(holder, persist: true);
        ReservationFile(engine);

        Assert.Equal(0, holder.ReserveOut(Lun, Register, Key, Key + 1, persist: false).Status);

        Assert.Empty(Directory.GetFiles(Path.Combine(engine.MountRoot, "vg00", "volumes"), "reservations.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Reservation_ThatDoesNotPersist_OutlivesAChangedLunButNotARestart()
    {
        var (engine, target) = await ServeAsync();
        await using var _1 = engine;
        using (var holder = LogIn(engine, 1))
        {
            RegisterAndReserve(holder, persist: false);
            await engine.Client.ApplyConfigurationAsync(engine.Configuration(2, target with { Luns = [target.Luns[0] with { WriteBack = true }] }));
        }

        byte changed;
        using (var other = LogIn(engine, 2))
            changed = WriteStatus(other);
        await engine.TerminateAsync();
        await engine.StartAgainAsync();
        using var later = LogIn(engine, 2);

        Assert.Equal((Conflict, 0), (changed, WriteStatus(later)));
        Assert.Empty(later.ReadKeys(Lun).Keys);
    }

    [Fact]
    public async Task Reservation_OfAStoppedTarget_IsGoneUnlessItPersists()
    {
        var (engine, target) = await ServeAsync();
        await using var _1 = engine;
        using (var holder = LogIn(engine, 1))
            RegisterAndReserve(holder, persist: false);

        await engine.Client.ApplyConfigurationAsync(engine.Configuration(2, target with { Started = false }));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(3, target));
        using var other = LogIn(engine, 2);

        Assert.Equal(0, WriteStatus(other));
    }

    [Fact]
    public async Task Reservation_OfAnotherLun_DoesNotComeWithTheVolume()
    {
        var (engine, target) = await ServeAsync();
        await using var _1 = engine;
        using (var holder = LogIn(engine, 1))
            RegisterAndReserve(holder, persist: true);

        await engine.Client.ApplyConfigurationAsync(engine.Configuration(2, target with { Luns = [target.Luns[0] with { ScsiId = "3000000000000002" }] }));
        using var other = LogIn(engine, 2);

        Assert.Empty(other.ReadKeys(Lun).Keys);
        Assert.Equal(0, WriteStatus(other));
    }

    [Fact]
    public async Task Reservation_DamagedFile_IsSetAsideAndReported()
    {
        var (engine, _) = await ServeAsync();
        await using var _1 = engine;
        using (var holder = LogIn(engine, 1))
            RegisterAndReserve(holder, persist: true);
        var file = ReservationFile(engine);
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("abcdef", "bbcdef", StringComparison.Ordinal));
        await engine.KillAsync();

        await engine.StartAgainAsync();
        using var initiator = LogIn(engine, 1);

        Assert.Empty(initiator.ReadKeys(Lun).Keys);
        Assert.Contains(await engine.Client.ListEventsAsync(0), e => e.Code == EventCodes.LunReservationsDamaged && e.Args!["lun"] == "1");
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!, "reservations.json.damaged-*"));
    }

    [Fact]
    public async Task Configuration_AppliedAgainUnchanged_DisturbsNoSession()
    {
        var (engine, target) = await ServeAsync();
        await using var _1 = engine;
        using var initiator = LogIn(engine, 1);
        var session = Assert.Single(await engine.Client.ListSessionsAsync());

        await engine.Client.ApplyConfigurationAsync(engine.Configuration(2, target));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(3, target, EngineUnderTest.Target("iqn.2026-01.example.futago:other", Guid.NewGuid()) with { Luns = [] }));

        Assert.Empty(initiator.TakeAttentions(Lun));
        Assert.Equal(0, WriteStatus(initiator));
        Assert.Equal(session.Id, Assert.Single(await engine.Client.ListSessionsAsync()).Id);
    }

    [Fact]
    public async Task Session_Ended_EventNamesTheAddress()
    {
        var (engine, target) = await ServeAsync();
        await using var _1 = engine;
        LogIn(engine, 1).Dispose();
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(2, target with { Started = false }));

        var closed = Assert.Single(await engine.Client.ListEventsAsync(0), e => e.Code == EventCodes.SessionClosed);

        Assert.StartsWith("127.0.0.1:", closed.Args!["address"], StringComparison.Ordinal);
        Assert.Contains($" from {closed.Args["address"]} with ", closed.Text, StringComparison.Ordinal);
    }
}
