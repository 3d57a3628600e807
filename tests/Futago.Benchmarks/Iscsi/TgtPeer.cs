using System.Diagnostics;
using System.Globalization;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.Iscsi;

/// <summary>
/// A tgtd of our own beside whatever else runs. It serves a file on the same XFS as the node's volumes, so it is started inside
/// the node's mount namespace.
/// </summary>
public sealed class TgtPeer : IAsyncDisposable
{
    private const string ControlPort = "7831";

    private readonly Process _process;
    private readonly int _port = FreePorts.Take(1)[0];

    public TgtPeer(int enginePid)
    {
        _process = Process.Start("nsenter", ["-t", enginePid.ToString(CultureInfo.InvariantCulture), "-m", "tgtd", "-f",
            "--control-port", ControlPort, "--iscsi", string.Create(CultureInfo.InvariantCulture, $"portal=127.0.0.1:{_port}")]);
    }

    /// <summary>Serves a file as LUN 1.</summary>
    /// <param name="number">Target number, from 1.</param>
    /// <param name="digests">Sessions have both digests; without, none.</param>
    /// <param name="direct">Past the page cache, with the kernel's asynchronous I/O.</param>
    public async Task<Endpoint> ServeAsync(int number, string file, bool writeBack, bool digests = false, bool direct = false)
    {
        var tid = number.ToString(CultureInfo.InvariantCulture);
        var name = $"iqn.2026-01.example.tgt:t{tid}";
        await AdministerAsync("--op", "new", "--mode", "target", "--tid", tid, "-T", name);
        await AdministerAsync("--op", "new", "--mode", "logicalunit", "--tid", tid, "--lun", "1", "-b", file, "-E", direct ? "aio" : "rdwr");
        if (!writeBack)
            await AdministerAsync("--op", "update", "--mode", "logicalunit", "--tid", tid, "--lun", "1", "--params", "mode_page=8:0:18:0x10:0:0xff:0xff:0:0:0xff:0xff:0xff:0xff:0x80:0x14:0:0:0:0:0:0");
        foreach (var key in digests ? ["HeaderDigest", "DataDigest"] : Array.Empty<string>())
            await AdministerAsync("--op", "update", "--mode", "target", "--tid", tid, "--name", key, "--value", "CRC32C");
        await AdministerAsync("--op", "bind", "--mode", "target", "--tid", tid, "-I", "ALL");
        return new Endpoint(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"), name, _process.Id, file);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task AdministerAsync(params string[] arguments)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await Command.RunAsync("tgtadm", ["-C", ControlPort, "--lld", "iscsi", .. arguments]);
            if (result.ExitCode == 0)
                return;
            // The first command may come before the daemon listens.
            if (attempt == 50)
                result.EnsureSuccess();
            await Task.Delay(100);
        }
    }
}
