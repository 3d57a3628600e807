using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.DataReplication;

/// <summary>
/// What an administrator would set up by hand: an rsync daemon over TCP, and the same behind stunnel on both sides. It runs with the
/// options that the product uses, and its end is when all is on the medium, as the product's is. It writes to another volume of the same group.
/// That is mounted in the engine's mount namespace, and rsync follows a path through /proc out of it again, so both of its ends run inside.
/// </summary>
public sealed class RsyncPeer : IAsyncDisposable
{
    private static readonly string[] Options =
    [
        "-rlptgoDS", "-H", "-A", "-X", "--numeric-ids", "--no-human-readable", "--partial-dir=.rsync-partial", "--timeout=300",
        "--exclude=/.futago-*", "--delete-delay", "--max-delete=1000", "--stderr=client",
    ];

    private readonly List<Process> _processes = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-bench-");
    private readonly int _plain;
    private readonly int _outer;
    private readonly int _inner;

    private readonly string[] _inside;
    private readonly string _destination;

    private RsyncPeer(int engine, string destination)
    {
        _destination = destination;
        _inside = ["nsenter", "--mount", "--target", Text(engine), "--"];
        var ports = FreePorts.Take(3);
        (_plain, _outer, _inner) = (ports[0], ports[1], ports[2]);
    }

    /// <param name="engine">The process whose mounts it sees.</param>
    /// <param name="destination">Root that the module offers, as the engine sees it.</param>
    public static async Task<RsyncPeer> StartAsync(int engine, string destination)
    {
        var peer = new RsyncPeer(engine, destination);
        try
        {
            await peer.StartDaemonsAsync();
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Copies the tree and returns when all of it is at the destination.</summary>
    /// <param name="source">As the engine sees it.</param>
    public async Task<Measurement> CopyAsync(string source, bool tls)
    {
        var meter = MachineTime.Begin();
        var start = Stopwatch.GetTimestamp();
        (await Command.RunAsync(
            _inside[0], [.. _inside[1..], "rsync", .. Options, source + "/", string.Create(CultureInfo.InvariantCulture, $"rsync://127.0.0.1:{(tls ? _inner : _plain)}/destination/")], TimeSpan.FromMinutes(20))).EnsureSuccess();
        (await Command.RunAsync(_inside[0], [.. _inside[1..], "sync", "-f", _destination], TimeSpan.FromMinutes(20))).EnsureSuccess();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        // The product's end is seen at a whole second, and what a side leaves to the kernel is counted until then: here too.
        await Task.Delay(TimeSpan.FromSeconds(Math.Ceiling(seconds) - seconds));
        return new Measurement(seconds, meter.Worked);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _directory.Delete(recursive: true);
    }

    private async Task StartDaemonsAsync()
    {
        var certificate = Path.Combine(_directory.FullName, "certificate.pem");
        await Command.RunOkAsync("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=bench", "-keyout", certificate, "-out", certificate + ".crt");
        await File.AppendAllTextAsync(certificate, await File.ReadAllTextAsync(certificate + ".crt"));
        await WriteAsync("rsyncd.conf", $"""
            use chroot = no
            [destination]
            path = {_destination}
            read only = no
            uid = 0
            gid = 0
            numeric ids = yes
            transfer logging = no
            log file = /dev/null
            """);
        await WriteAsync("server.conf", $"""
            foreground = yes
            pid =
            socket = l:TCP_NODELAY=1
            socket = r:TCP_NODELAY=1
            [rsync]
            accept = 127.0.0.1:{Text(_outer)}
            connect = 127.0.0.1:{Text(_plain)}
            cert = {certificate}
            """);
        await WriteAsync("client.conf", $"""
            foreground = yes
            pid =
            socket = l:TCP_NODELAY=1
            socket = r:TCP_NODELAY=1
            [rsync]
            client = yes
            accept = 127.0.0.1:{Text(_inner)}
            connect = 127.0.0.1:{Text(_outer)}
            verifyChain = no
            verifyPeer = yes
            CAfile = {certificate}.crt
            """);
        Start([.. _inside, "rsync", "--daemon", "--no-detach", $"--port={Text(_plain)}", "--address=127.0.0.1", $"--config={PathOf("rsyncd.conf")}"]);
        Start(["stunnel", PathOf("server.conf")]);
        Start(["stunnel", PathOf("client.conf")]);
        foreach (var port in new[] { _plain, _outer, _inner })
            await WaitForAsync(port);
    }

    private void Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        // Read, so that a full pipe does not hold it up.
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _processes.Add(process);
    }

    private static async Task WaitForAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private Task WriteAsync(string name, string content) => File.WriteAllTextAsync(PathOf(name), content + "\n");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
