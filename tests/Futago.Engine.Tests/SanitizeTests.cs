using System.Net;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests;

/// <summary>SANITIZE and WRITE ATOMIC against a real engine: what a crash leaves.</summary>
public sealed class SanitizeTests
{
    private const long MiB = 1L << 20;
    private const string Name = "iqn.2026-01.example.futago:t0";
    private const byte Lun = 1;
    private const int SanitizeFailed = 0x3103;

    [Fact]
    public async Task Sanitize_EngineKilledMeanwhile_LeavesTheUnitUnusableUntilOneSucceeds()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 512 * MiB, Thin: true));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        using (var initiator = LogIn(engine))
        {
            Assert.Equal(0, initiator.Execute(Lun, [0x48, 0x81, 0, 0, 0, 0, 0, 0, 5, 0], dataOut: [1, 0, 0, 1, 0x55]).Status);
            Assert.Single(Directory.GetFiles(engine.MountRoot, "sanitize.json", SearchOption.AllDirectories));
        }
        await engine.KillAsync();
        await engine.StartAgainAsync();

        using var again = LogIn(engine);
        Assert.Equal(SanitizeFailed, again.Execute(Lun, new byte[6]).AdditionalSense);
        Assert.Equal(SanitizeFailed, again.Execute(Lun, [0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512).AdditionalSense);
        var erased = again.Execute(Lun, [0x48, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal((0, 0), (erased.Status, erased.AdditionalSense));
        Assert.Equal(new byte[512], again.Execute(Lun, [0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512).Data);
        Assert.Empty(Directory.GetFiles(engine.MountRoot, "sanitize.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Sanitize_OfAVolumeWithSnapshots_SaysThatTheyKeepTheData()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 16 * MiB, Thin: true));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        await engine.Client.CreateSnapshotAsync("vg00", "lv0000", new("before"));
        using (var initiator = LogIn(engine))
            Assert.Equal(0, initiator.Execute(Lun, [0x48, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]).Status);

        var warning = Assert.Single(await engine.Client.ListEventsAsync(0), e => e.Code == EventCodes.SanitizeLeavesSnapshots);

        Assert.Equal((EventSeverity.Warning, "1"), (warning.Severity, warning.Args!["count"]));
        Assert.Single(await engine.Client.ListSnapshotsAsync());
    }

    [Fact]
    public async Task Sanitize_LeavesNothingBesideTheData()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 64 * MiB, Thin: true, IoType.File));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        byte[] secret = [.. Enumerable.Repeat((byte)0x5e, 8192)];
        bool IsBesideTheData(string name) => Directory.GetFiles(engine.MountRoot, name, SearchOption.AllDirectories)
            .Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(secret.AsSpan(0, 512)) >= 0);
        using var initiator = LogIn(engine);
        Assert.Equal(0, initiator.Execute(Lun, [0x9c, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 16, 0, 0], dataOut: secret).Status);
        Assert.True(IsBesideTheData("atomic.journal"));
        // The commit log is made when many writes have come.
        for (var writes = 1; writes % 50 != 0 || !IsBesideTheData("commit.log"); writes++)
            Assert.Equal(0, initiator.Execute(Lun, [0x2a, 0, 0, 0, 0, (byte)writes, 0, 0, 16, 0], dataOut: secret).Status);

        Assert.Equal(0, initiator.Execute(Lun, [0x48, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]).Status);

        Assert.False(IsBesideTheData("*"));
        Assert.Equal(0, initiator.Execute(Lun, [0x2a, 0, 0, 0, 0, 0, 0, 0, 16, 0], dataOut: secret).Status);
        Assert.Equal(secret, initiator.Execute(Lun, [0x28, 0, 0, 0, 0, 0, 0, 0, 16, 0], 8192).Data);
    }

    [Fact]
    public async Task WriteAtomic_InterruptedByACrash_IsFinishedBeforeTheVolumeIsServed()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 16 * MiB));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        byte[] data = [.. Enumerable.Repeat((byte)7, 8192)];
        using (var initiator = LogIn(engine))
            Assert.Equal(0, initiator.Execute(Lun, [0x9c, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 16, 0, 0], dataOut: data).Status);
        // As if the crash had come before the write reached the volume: the journal still holds it.
        var journal = Assert.Single(Directory.GetFiles(engine.MountRoot, "atomic.journal", SearchOption.AllDirectories));
        Assert.Equal(0, (await File.ReadAllBytesAsync(journal))[0]);
        await File.WriteAllBytesAsync(journal, Futago.Blocks.Atomic.AtomicWriteJournal.Format(4096, data));
        await engine.KillAsync();
        await engine.StartAgainAsync();
        using var again = LogIn(engine);

        Assert.Equal(data, again.Execute(Lun, [0x28, 0, 0, 0, 0, 8, 0, 0, 16, 0], 8192).Data);
        Assert.Equal(data[..512], again.Execute(Lun, [0x28, 0, 0, 0, 0, 1, 0, 0, 1, 0], 512).Data);
    }

    private static ScriptedInitiator LogIn(EngineUnderTest engine)
    {
        var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, engine.Port));
        Assert.Equal(0, initiator.LoginNormal(Name).LoginStatus);
        initiator.TakeAttentions(Lun);
        return initiator;
    }
}
