using System.Text;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Processes;

namespace Futago.Engine.Tests;

/// <summary>CD-ROM LUNs of a real engine: ISO images on a NAS volume, read by initiators that are not ours.</summary>
public sealed class CdRomTests
{
    private const string Name = "iqn.2026-01.example.futago:cd";
    private const string Path = "/iso/debian.iso";
    private const long GiB = 1L << 30;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Image_IsServedAsACdRomAndReadBackByQemu()
    {
        await using var engine = await WithNasAsync();
        var volume = await VolumeAsync(engine);
        var image = Iso(3_000, 1);
        Put(volume, Path, image);

        var applied = await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, Target(volume)));
        var status = Assert.Single(await engine.Client.ListTargetsAsync());
        var inquiry = await RunAsync(engine, "iscsi-inq", Url(engine));
        var copy = System.IO.Path.Combine(engine.Root, "copy.iso");
        await RunAsync(engine, "qemu-img", "convert", "-f", "raw", "-O", "raw", Url(engine), copy);
        await engine.KillAsync();
        await engine.StartAgainAsync();
        var again = await RunAsync(engine, "iscsi-inq", Url(engine));

        Assert.Empty(applied.Problems);
        Assert.Equal(image, await File.ReadAllBytesAsync(copy, Cancellation));
        Assert.Contains("CD", inquiry, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(inquiry, again);
        Assert.Equal(
            [(0, "controller", true, (string?)null, 0L), (1, "cd-rom", true, $"vg00/nas0:{Path}", image.Length)],
            status.Luns.Select(l => (l.Lun, l.Type, l.Online, l.BackingStorePath, l.SizeBytes)));
        Assert.True(status.Luns[1] is { Removable: true, ReadOnly: true, BlockSize: 2048, BackingStoreType: "ISO image" });
    }

    /// <summary>Two drives, one of them empty: the target is there, and says what is missing.</summary>
    [Fact]
    public async Task MissingImage_LeavesADriveWithoutMediumThatHealsByItself()
    {
        await using var engine = await WithNasAsync();
        var volume = await VolumeAsync(engine);

        var applied = await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, Target(volume)));
        var empty = await RunAsync(engine, "iscsi-inq", Url(engine));
        var degraded = Assert.Single(await engine.Client.ListTargetsAsync());
        Put(volume, Path, Iso(200, 1));
        await engine.WaitForAsync(u => u.Targets?.FirstOrDefault(t => t.State == TargetState.Running));

        Assert.Equal(ProblemCodes.IsoNotFound, Assert.Single(applied.Problems).Problem.Code);
        Assert.Contains("CD", empty, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(TargetState.Degraded, degraded.State);
        Assert.Equal((ProblemCodes.IsoNotFound, false), (degraded.Luns[1].Problem!.Code, degraded.Luns[1].Online));
    }

    /// <summary>A file that is replaced while it is served: the disc goes, and comes back as the new one.</summary>
    [Fact]
    public async Task ReplacedImage_IsTheNewDiscWhenTheFileHasSettled()
    {
        await using var engine = await WithNasAsync();
        var volume = await VolumeAsync(engine);
        Put(volume, Path, Iso(200, 1));
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, Target(volume)));
        var second = Iso(300, 2);

        Put(volume, Path, second);
        await engine.WaitForAsync(u => u.Targets?.FirstOrDefault(t => t.Luns[1].SizeBytes == second.Length && t.State == TargetState.Running));
        var copy = System.IO.Path.Combine(engine.Root, "copy.iso");
        await RunAsync(engine, "qemu-img", "convert", "-f", "raw", "-O", "raw", Url(engine), copy);

        Assert.Equal(second, await File.ReadAllBytesAsync(copy, Cancellation));
    }

    [Fact]
    public async Task Volume_WithAnOfferedImage_IsNotDeletedNorItsGroupTaken()
    {
        await using var engine = await WithNasAsync();
        var volume = await VolumeAsync(engine);
        Put(volume, Path, Iso(200, 1));
        var target = Target(volume);
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, target));

        var delete = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.DeleteVolumeAsync("vg00", "nas0", new("nas0")));
        var export = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.ExportGroupAsync("vg00"));
        var usedBy = (await VolumeAsync(engine)).UsedBy;
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(2, target with { Started = false }));
        await engine.Client.DeleteVolumeAsync("vg00", "nas0", new("nas0"));

        Assert.Equal((ProblemCodes.VolumeInUse, "1"), (delete.Problem.Code, delete.Problem.Args!["lun"]));
        Assert.Equal(ProblemCodes.GroupBusy, export.Problem.Code);
        Assert.Equal([$"target {Name}, LUN 1"], usedBy);
        Assert.Empty(await engine.Client.ListVolumesAsync());
    }

    [Fact]
    public async Task Images_AreListedAndChecked_WithoutLeavingTheVolume()
    {
        await using var engine = await WithNasAsync();
        var volume = await VolumeAsync(engine);
        var root = volume.FileSystem!.MountPoint!;
        Put(volume, Path, Iso(200, 1));
        Put(volume, "/other/B.ISO", Iso(20, 1));
        Put(volume, "/half.iso", Iso(200, 1)[..^1]);
        Put(volume, "/noise.iso", new byte[40 * 2048]);
        Put(volume, "/small.iso", Iso(17, 1)[..(16 * 2048)]);
        Put(volume, "/notes.txt", [1]);
        var outside = System.IO.Path.Combine(engine.Root, "outside.iso");
        await File.WriteAllBytesAsync(outside, Iso(200, 1), Cancellation);
        File.CreateSymbolicLink(System.IO.Path.Combine(root, "link.iso"), outside);
        Directory.CreateSymbolicLink(System.IO.Path.Combine(root, "elsewhere"), engine.Root);
        Directory.CreateDirectory(System.IO.Path.Combine(root, "folder.iso"));

        var listed = await engine.Client.ListIsoImagesAsync("vg00", "nas0", Cancellation);
        var good = await engine.Client.CheckIsoImageAsync("vg00", "nas0", "iso//debian.iso", Cancellation);

        Assert.Equal(["/half.iso", Path, "/noise.iso", "/other/B.ISO", "/small.iso"], listed.Select(i => i.Path));
        Assert.Equal(new IsoImageInfo(Path, 200 * 2048), good);
        foreach (var path in new[] { "/half.iso", "/noise.iso", "/small.iso", "/folder.iso" })
            await RefusedAsync(engine, path, ProblemCodes.IsoInvalid, 409);
        foreach (var path in new[] { "/link.iso", "/elsewhere/outside.iso", "/absent.iso", "/notes.txt/x.iso" })
            await RefusedAsync(engine, path, ProblemCodes.IsoNotFound, 404);
        foreach (var path in new[] { "", "/", "/iso/../iso/debian.iso", "/iso/debian.iso/", "/a\nb" })
            await RefusedAsync(engine, path, ProblemCodes.IsoPathInvalid, 400);
    }

    private static async Task RefusedAsync(EngineUnderTest engine, string path, string code, int status)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.CheckIsoImageAsync("vg00", "nas0", path, Cancellation));
        Assert.Equal((path, code, status), (path, refused.Problem.Code, refused.Status));
    }

    /// <summary>So many sectors of noise with the primary volume descriptor of ISO 9660 where it belongs (ECMA-119 section 8.4).</summary>
    private static byte[] Iso(int sectors, int seed)
    {
        var image = new byte[sectors * 2048];
        new Random(seed).NextBytes(image);
        Encoding.ASCII.GetBytes("\u0001CD001\u0001").CopyTo(image, 16 * 2048);
        return image;
    }

    private static void Put(VolumeInfo volume, string path, byte[] content)
    {
        var file = volume.FileSystem!.MountPoint + path;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    private static TargetConfiguration Target(VolumeInfo volume) => new(Guid.NewGuid(), Name, null, true, [], [new AccessRuleConfiguration("127.0.0.0/8", null)], null)
    {
        CdRoms = [new CdRomConfiguration(1, volume.Id, Path, "3000000000000001", "FUTAGO-1")],
    };

    private static string Url(EngineUnderTest engine) => $"iscsi://127.0.0.1:{engine.Port}/{Name}/1";

    private static async Task<EngineUnderTest> WithNasAsync()
    {
        var engine = await EngineUnderTest.WithGroupAsync(2 * GiB);
        await engine.Client.CreateVolumeAsync("vg00", new("nas0", VolumeType.Nas, GiB / 2));
        return engine;
    }

    private static async Task<VolumeInfo> VolumeAsync(EngineUnderTest engine) => Assert.Single(await engine.Client.ListVolumesAsync(Cancellation));

    private static async Task<string> RunAsync(EngineUnderTest engine, string program, params string[] arguments)
    {
        var result = await Command.RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program}: {result.Error}\n{engine.Log}");
        return result.Output;
    }
}
