using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Futago.Benchmarks.VolumeReplication;

/// <summary>
/// QEMU's mirror job in write-blocking mode: a storage daemon on node a exports a file over NBD and copies every write to an NBD server on
/// node b before it answers. Write through: both flush each write.
/// </summary>
internal sealed class QemuMirror : IAsyncDisposable
{
    private const string Bytes = "536870912";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _destination;
    private readonly Process _source;
    private readonly string _monitor = Path.Combine(Path.GetTempPath(), $"futago-bench-{Guid.NewGuid():N}.qmp");

    private QemuMirror(BenchTwins twins, string name, bool writeBack)
    {
        var port = writeBack ? "10811" : "10810";
        Uri = $"nbd://10.77.0.1:{port}/mirrored";
        _destination = Start(
            twins.EngineB, "qemu-nbd", "-f", "raw", "-x", "mirrored", "-b", "10.78.0.2", "-p", port, "--persistent", "--shared=4",
            writeBack ? "--cache=none" : "--cache=directsync", "--aio=native", $"{twins.GroupRoot("b")}/{name}");
        _source = Start(
            twins.EngineA, "qemu-storage-daemon",
            "--blockdev", $"driver=file,filename={twins.GroupRoot("a")}/{name},node-name=file,cache.direct=on,aio=native",
            "--blockdev", "driver=raw,file=file,node-name=source",
            "--nbd-server", $"addr.type=inet,addr.host=10.77.0.1,addr.port={port}",
            "--export", $"type=nbd,id=export,node-name=source,name=mirrored,writable=on{(writeBack ? "" : ",writethrough=on")}",
            "--chardev", $"socket,id=monitor,path={_monitor},server=on,wait=off", "--monitor", "chardev=monitor");
        Port = port;
    }

    public string Uri { get; }

    public int SourcePid => _source.Id;

    public int DestinationPid => _destination.Id;

    private string Port { get; }

    public static async Task<QemuMirror> StartAsync(BenchTwins twins, bool writeBack)
    {
        var name = writeBack ? "qemu-wb" : "qemu-wt";
        foreach (var (node, engine) in new[] { ("a", twins.EngineA), ("b", twins.EngineB) })
            await BenchTwins.InNodeAsync(engine, "fio", "--name=fill", $"--filename={twins.GroupRoot(node)}/{name}", $"--size={Bytes}", "--rw=write", "--bs=1M", "--direct=1", "--end_fsync=1");
        var mirror = new QemuMirror(twins, name, writeBack);
        try
        {
            await mirror.BeginAsync();
            return mirror;
        }
        catch
        {
            await mirror.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _source, _destination })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        File.Delete(_monitor);
    }

    private static Process Start(int engine, params string[] command) =>
        Process.Start("nsenter", ["-t", engine.ToString(CultureInfo.InvariantCulture), "-m", "-n", .. command]);

    private async Task BeginAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                // From the mount namespace of the node: the path is the same file there.
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_monitor), limit.Token);
                break;
            }
            catch (SocketException) when (!_source.HasExited)
            {
                await Task.Delay(50, limit.Token);
            }
        }
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { AutoFlush = true };
        await ReadUntilAsync(reader, "QMP", limit.Token);
        await AskAsync(reader, writer, """{"execute":"qmp_capabilities"}""", limit.Token);
        await AskAsync(
            reader, writer,
            """{"execute":"blockdev-add","arguments":{"driver":"nbd","node-name":"destination","export":"mirrored","server":{"type":"inet","host":"10.78.0.2","port":"PORT"}}}"""
                .Replace("PORT", Port, StringComparison.Ordinal),
            limit.Token);
        await writer.WriteLineAsync(
            """{"execute":"blockdev-mirror","arguments":{"job-id":"mirror","device":"source","target":"destination","sync":"full","copy-mode":"write-blocking"}}""");
        await ReadUntilAsync(reader, "BLOCK_JOB_READY", limit.Token);
    }

    private static async Task AskAsync(StreamReader reader, StreamWriter writer, string command, CancellationToken cancellation)
    {
        await writer.WriteLineAsync(command);
        await ReadUntilAsync(reader, "return", cancellation);
    }

    private static async Task ReadUntilAsync(StreamReader reader, string wanted, CancellationToken cancellation)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(cancellation) ?? throw new IOException("The storage daemon ended.");
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("error", out var error))
                throw new InvalidOperationException($"The storage daemon refuses: {error}");
            if (document.RootElement.TryGetProperty(wanted, out _)
                || (document.RootElement.TryGetProperty("event", out var name) && name.GetString() == wanted))
                return;
        }
    }
}
