using System.Net;
using System.Net.Sockets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Processes;

namespace Futago.Engine.Tests;

/// <summary>Configuration applied by a real engine, seen by a real initiator (libiscsi's programs).</summary>
public sealed class TargetTests
{
    private const long MiB = 1L << 20;
    private const string Name = "iqn.2026-01.example.futago:t0";

    [Fact]
    public async Task StartedTarget_IsListedToAllowedInitiatorAndServedAfterRestart()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 100 * MiB));

        var applied = await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name.ToUpperInvariant(), volume.Id)));
        var before = await IscsiAsync(engine, "iscsi-ls", "-s", $"iscsi://127.0.0.1:{engine.Port}/");
        await engine.KillAsync();
        await engine.StartAgainAsync();
        var after = await IscsiAsync(engine, "iscsi-ls", "-s", $"iscsi://127.0.0.1:{engine.Port}/");
        var status = Assert.Single(await engine.Client.ListTargetsAsync());

        Assert.Empty(applied.Problems);
        Assert.Contains($"Target:{Name}", before, StringComparison.Ordinal);
        Assert.Contains("Lun:1", before, StringComparison.Ordinal);
        Assert.Equal(before, after);
        Assert.Equal((Name, TargetState.Running), (status.Name, status.State));
        Assert.Equal(
            [(0, "controller", true, (string?)null), (1, "disk", true, "vg00/lv0000")],
            status.Luns.Select(l => (l.Lun, l.Type, l.Online, l.BackingStorePath)));
        Assert.Contains(await engine.Client.ListEventsAsync(0), e => e.Code == "engine.unclean-shutdown");
        var used = Assert.Single(await engine.Client.ListVolumesAsync());
        Assert.Equal([$"target {Name}, LUN 1"], used.UsedBy);
        var user = Assert.Single(used.Users!);
        Assert.Equal((PhraseCodes.UsedByTarget, used.UsedBy[0], Name, "1"), (user.Code, user.Text, user.Args!["target"], user.Args["lun"]));
    }

    [Fact]
    public async Task Expand_WhileServed_ShowsTheNewCapacityToInitiators()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 100 * MiB));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        var url = $"iscsi://127.0.0.1:{engine.Port}/{Name}/1";

        var before = await IscsiAsync(engine, "iscsi-readcapacity16", "-s", url);
        await engine.Client.UpdateVolumeAsync("vg00", "lv0000", new(SizeBytes: 150 * MiB));
        var after = await IscsiAsync(engine, "iscsi-readcapacity16", "-s", url);

        Assert.Equal(($"{100 * MiB}", $"{150 * MiB}"), (before.Trim(), after.Trim()));
    }

    [Fact]
    public async Task Volume_UsedByStartedTarget_IsNotDeletedNorItsGroupTaken()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, MiB));
        var target = EngineUnderTest.Target(Name, volume.Id);
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, target));

        var delete = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.DeleteVolumeAsync("vg00", "lv0000", new("lv0000")));
        var export = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.ExportGroupAsync("vg00"));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(2, target with { Started = false }));
        await engine.Client.DeleteVolumeAsync("vg00", "lv0000", new("lv0000"));

        Assert.Equal((ProblemCodes.VolumeInUse, "1"), (delete.Problem.Code, delete.Problem.Args!["lun"]));
        Assert.Equal(ProblemCodes.GroupBusy, export.Problem.Code);
        Assert.Empty(await engine.Client.ListVolumesAsync());
    }

    [Fact]
    public async Task RefusedLogin_AppearsOnceWithReasonAndCount()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, MiB));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(
            1,
            EngineUnderTest.Target(Name, volume.Id, address: null),
            new TargetConfiguration(Guid.NewGuid(), "iqn.2026-01.example.futago:off", null, false, [], [], null)));

        foreach (var name in new[] { Name, Name, "iqn.2026-01.example.futago:absent", "iqn.2026-01.example.futago:off" })
            Assert.NotEqual(0, (await Command.RunAsync("iscsi-inq", ["-i", "iqn.2026-01.test:i", $"iscsi://127.0.0.1:{engine.Port}/{name}/1"])).ExitCode);
        var refused = await engine.Client.ListRefusedLoginsAsync();

        Assert.Equal(
            [
                ("iqn.2026-01.example.futago:absent", RefusalReason.UnknownTarget, 1),
                ("iqn.2026-01.example.futago:off", RefusalReason.TargetStopped, 1),
                (Name, RefusalReason.NoAccessRule, 2),
            ],
            refused.Select(r => (r.TargetName!, r.Reason, r.Count)).Order());
        Assert.All(refused, r => Assert.Equal(("127.0.0.1", "iqn.2026-01.test:i"), (r.Address, r.InitiatorName)));
        var events = (await engine.Client.ListEventsAsync(0)).Where(e => e.Code == EventCodes.LoginRefused).Select(e => e.Text).ToList();
        Assert.Equal(3, events.Count);
        Assert.EndsWith("was refused: no access rule lets it in.", events[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingVolumeAndPortalInUse_AreReportedAndHealByThemselves()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, MiB));
        await engine.Client.ExportGroupAsync("vg00");
        using var occupant = new TcpListener(IPAddress.Loopback, engine.Port);
        occupant.Start();

        var applied = await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        var degraded = Assert.Single(await engine.Client.ListTargetsAsync());
        occupant.Stop();
        await engine.Client.ImportGroupAsync(new(engine.ImagePath));
        await engine.WaitForAsync(s => s.Targets?.FirstOrDefault(t => t.State == TargetState.Running));

        Assert.Equal([ProblemCodes.PortalInUse, ProblemCodes.VolumeNotFound], applied.Problems.Select(p => p.Problem.Code).Order());
        Assert.Equal(TargetState.Degraded, degraded.State);
        Assert.Contains("Lun:1", await IscsiAsync(engine, "iscsi-ls", "-s", $"iscsi://127.0.0.1:{engine.Port}/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StaleConfiguration_IsRefusedAndTheNewerStays()
    {
        await using var engine = await EngineUnderTest.StartAsync();
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(5));

        var refused = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.ApplyConfigurationAsync(engine.Configuration(4)));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(5));

        Assert.Equal((ProblemCodes.ConfigurationStale, 409), (refused.Problem.Code, refused.Status));
        Assert.Equal(5, (await engine.Client.GetNodeAsync()).ConfigurationRevision);
    }

    [Fact]
    public async Task DamagedConfiguration_IsSetAsideAndNothingIsServed()
    {
        await using var engine = await EngineUnderTest.StartAsync();
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(5, new TargetConfiguration(Guid.NewGuid(), Name, null, true, [], [], null)));
        await engine.TerminateAsync();
        var file = Path.Combine(engine.DataDirectory, "configuration.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("node-a", "node-b", StringComparison.Ordinal));

        await engine.StartAgainAsync();

        Assert.Equal(0, (await engine.Client.GetNodeAsync()).ConfigurationRevision);
        Assert.Empty(await engine.Client.ListTargetsAsync());
        Assert.Contains(await engine.Client.ListEventsAsync(0), e => e.Code == "engine.configuration-damaged");
        Assert.Single(Directory.GetFiles(engine.DataDirectory, "configuration.json.damaged-*"));
    }

    [Fact]
    public async Task Unit_ThatDisappearsUnderAServedTarget_DegradesItUntilItReturns()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, MiB));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));

        File.Move(engine.ImagePath, engine.ImagePath + ".away");
        var missing = await engine.WaitForAsync(s => s.Groups?.FirstOrDefault(g => g.State == GroupState.Missing));
        await engine.WaitForAsync(s => s.Targets?.FirstOrDefault(t => t.State == TargetState.Degraded));
        File.Move(engine.ImagePath + ".away", engine.ImagePath);
        await engine.WaitForAsync(s => s.Targets?.FirstOrDefault(t => t.State == TargetState.Running));

        Assert.Equal(ProblemCodes.GroupMissing, missing.Problem?.Code);
        var codes = (await engine.Client.ListEventsAsync(0)).Select(e => e.Code).ToList();
        Assert.Contains("lun.offline", codes);
        Assert.Contains("lun.online", codes);
    }

    [Fact]
    public async Task ThinVolume_WithoutSpace_IsReportedOnceAndAgainWhenThereIsSome()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync(512 * MiB);
        var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 1024 * MiB, Thin: true));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, EngineUnderTest.Target(Name, volume.Id)));
        var url = $"iscsi://127.0.0.1:{engine.Port}/{Name}/1";

        var failed = await Command.RunAsync("qemu-io", ["-f", "raw", "-c", "write 0 600M", "-c", "write 600M 100M", url]);
        var during = (await engine.Client.ListEventsAsync(0)).Where(e => e.Code == "volume.no-space").ToList();
        await IscsiAsync(engine, "qemu-io", "-f", "raw", "-d", "unmap", "-c", "discard 0 300M", url);
        var back = await engine.WaitForEventAsync("volume.space-back");

        Assert.Contains("No space left", failed.Output + failed.Error, StringComparison.Ordinal);
        Assert.Equal(("vg00/lv0000", "vg00"), (Assert.Single(during).Args!["volume"], during[0].Args!["group"]));
        Assert.Equal("vg00/lv0000", back.Args!["volume"]);
        Assert.Equal(VolumeState.Online, Assert.Single(await engine.Client.ListVolumesAsync()).State);
    }

    private static async Task<string> IscsiAsync(EngineUnderTest engine, string program, params string[] arguments)
    {
        var result = await Command.RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program}: {result.Error}\n{engine.Log}");
        return result.Output;
    }
}
