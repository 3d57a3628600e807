using System.Globalization;
using System.Net;
using System.Text;
using Futago.Testing.Iscsi;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>An ISO image from the command line to initiators that are not ours: offered, read back whole, exchanged.</summary>
[Collection(OneNode.Name)]
public sealed class CdRomTests(NodeFixture fixture) : IAsyncLifetime, IDisposable
{
    private const byte Lun = 3;
    private const string Target = "iqn.2026-01.example.futago:cd";
    private const string Volume = "vg00/isos";
    private const int NotReadyToReadyChange = 0x2800;
    private const int MediumNotPresentTrayOpen = 0x3A02;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("futago-cd-");
    private string _root = "";

    private string Url => $"iscsi://127.0.0.1:{fixture.Node.IscsiPort}/{Target}/{Lun}";

    public void Dispose() => _scratch.Delete(recursive: true);

    public async ValueTask InitializeAsync()
    {
        await fixture.Node.CliAsync("volume", "create", Volume, "--type", "nas", "--size", "512MiB", "--thin");
        var engine = fixture.Node.FindProcesses("futago-engine").Single();
        var volumes = await fixture.Node.CliJsonAsync("volume", "list");
        var isos = volumes.EnumerateArray().Single(v => $"{v.GetProperty("group").GetString()}/{v.GetProperty("name").GetString()}" == Volume);
        _root = string.Create(CultureInfo.InvariantCulture, $"/proc/{engine}/root{isos.GetProperty("fileSystem").GetProperty("mountPoint").GetString()}");
        Directory.CreateDirectory(_root + "/iso");
        await fixture.Node.CliAsync("target", "create", Target);
        await fixture.Node.CliAsync("access", "allow", Target, "--address", "127.0.0.0/8");
        await fixture.Node.CliAsync("target", "start", Target);
    }

    public async ValueTask DisposeAsync()
    {
        await fixture.Node.TryCliAsync("target", "stop", Target);
        await fixture.Node.TryCliAsync("target", "delete", Target, "--yes");
        await fixture.Node.CliAsync("volume", "delete", Volume, "--yes");
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(60_000)]
    public async Task Image_OfferedAndReadByQemu_IsIdentical(int sectors)
    {
        var image = WriteIso("/iso/one.iso", sectors, 1);
        var back = Path.Combine(_scratch.FullName, "back.iso");

        await fixture.Node.CliAsync("lun", "add", Target, "--iso", $"{Volume}:/iso/one.iso", "--lun", $"{Lun}");
        await Command.RunOkAsync("qemu-img", "convert", "-f", "raw", "-O", "raw", Url, back);

        await Command.RunOkAsync("cmp", image, back);
        Assert.Contains("CD-ROM", await fixture.Node.CliAsync("lun", "list", Target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drive_DecodedBySgInq_IsACdRomOfMmc6()
    {
        WriteIso("/iso/one.iso", 1_000, 1);
        await fixture.Node.CliAsync("lun", "add", Target, "--iso", $"{Volume}:/iso/one.iso", "--lun", $"{Lun}");
        using var initiator = LogIn();
        var file = Path.Combine(_scratch.FullName, "inquiry.hex");
        await File.WriteAllTextAsync(file, string.Join(' ', initiator.Inquire(Lun).Select(b => b.ToString("x2", CultureInfo.InvariantCulture))) + "\n");

        var decoded = await Command.RunAsync("sg_inq", [$"--inhex={file}", "-d"]);

        Assert.Equal((0, ""), (decoded.ExitCode, decoded.Error));
        Assert.Contains("RMB=1", decoded.Output, StringComparison.Ordinal);
        Assert.Contains("cd/dvd", decoded.Output, StringComparison.Ordinal);
        Assert.Contains("MMC-6", decoded.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Medium_EjectedLoadedAndExchanged_IsWhatTheInitiatorSees()
    {
        WriteIso("/iso/one.iso", 1_000, 1);
        WriteIso("/iso/two.iso", 2_000, 2);
        await fixture.Node.CliAsync("lun", "add", Target, "--iso", $"{Volume}:/iso/one.iso", "--lun", $"{Lun}");
        using var initiator = LogIn();

        var eject = initiator.Execute(Lun, [0x1B, 0, 0, 0, 0x02, 0]);
        var open = initiator.Execute(Lun, new byte[6]);
        var load = initiator.Execute(Lun, [0x1B, 0, 0, 0, 0x03, 0]);
        var ready = initiator.Execute(Lun, new byte[6]);
        await fixture.Node.CliAsync("lun", "set", Target, "--lun", $"{Lun}", "--iso", $"{Volume}:/iso/two.iso");
        var changed = initiator.Execute(Lun, new byte[6]);
        var capacity = initiator.Execute(Lun, [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], 8);
        var write = initiator.Execute(Lun, [0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0], 0, new byte[2048]);

        Assert.Equal((0, 0, 0), (eject.Status, load.Status, ready.Status));
        Assert.Equal((2, MediumNotPresentTrayOpen), (open.SenseKey, open.AdditionalSense));
        Assert.Equal((6, NotReadyToReadyChange), (changed.SenseKey, changed.AdditionalSense));
        Assert.Equal([0, 0, 0x07, 0xCF, 0, 0, 8, 0], capacity.Data);
        // MMC has no WRITE for a drive that only reads.
        Assert.Equal((5, 0x2000), (write.SenseKey, write.AdditionalSense));
    }

    [Fact]
    public async Task Refusals_NameTheImageAndTheLun()
    {
        await File.WriteAllBytesAsync(_root + "/iso/no.iso", new byte[100 * 2048], TestContext.Current.CancellationToken);
        WriteIso("/iso/one.iso", 1_000, 1);

        var noise = await fixture.Node.TryCliAsync("lun", "add", Target, "--iso", $"{Volume}:/iso/no.iso");
        var absent = await fixture.Node.TryCliAsync("lun", "add", Target, "--iso", $"{Volume}:/iso/absent.iso");
        await fixture.Node.CliAsync("lun", "add", Target, "--iso", $"{Volume}:/iso/one.iso", "--lun", $"{Lun}");
        var delete = await fixture.Node.TryCliAsync("volume", "delete", Volume, "--yes");

        Assert.NotEqual(0, noise.ExitCode);
        Assert.Contains("no.iso is not an ISO image", noise.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, absent.ExitCode);
        Assert.Contains("There is no file", absent.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, delete.ExitCode);
        Assert.Contains($"LUN {Lun}", delete.Error, StringComparison.Ordinal);
    }

    private ScriptedInitiator LogIn()
    {
        var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, fixture.Node.IscsiPort));
        Assert.Equal(0, initiator.LoginNormal(Target).LoginStatus);
        initiator.TakeAttentions(Lun);
        return initiator;
    }

    /// <summary>So many sectors of noise with the primary volume descriptor of ISO 9660 where it belongs (ECMA-119 section 8.4).</summary>
    private string WriteIso(string path, int sectors, int seed)
    {
        var image = new byte[sectors * 2048];
        new Random(seed).NextBytes(image);
        Encoding.ASCII.GetBytes("\u0001CD001\u0001").CopyTo(image, 16 * 2048);
        File.WriteAllBytes(_root + path, image);
        return _root + path;
    }
}
