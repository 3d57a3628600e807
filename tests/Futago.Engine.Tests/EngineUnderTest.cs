using System.Diagnostics;
using System.Globalization;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Node;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Engine.Tests;

/// <summary>A real engine process (under a real guard if wanted) on a directory of its own. Leaves no process and no mount behind.</summary>
internal sealed class EngineUnderTest : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<string> _log = [];
    private Process? _process;

    public EngineUnderTest()
    {
        Root = Directory.CreateTempSubdirectory("futago-engine-").FullName;
        // Share users pass through to the file systems, as they can below /run.
        File.SetUnixFileMode(Root, File.GetUnixFileMode(Root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Port = FreePort();
        Client = new EngineClient(SocketPath);
    }

    public string Root { get; }

    public int Port { get; }

    public int SmbPort { get; } = FreePort();

    public EngineClient Client { get; }

    public string DataDirectory => Path.Combine(Root, "engine");

    public string SocketPath => Path.Combine(Root, "engine.sock");

    public string MountRoot => Path.Combine(Root, "groups");

    public string ImagePath => Path.Combine(Root, "unit0.img");

    public IReadOnlyList<string> Arguments => ["--data", DataDirectory, "--socket", SocketPath, "--mount-root", MountRoot, "--smb-port", SmbPort.ToString(CultureInfo.InvariantCulture)];

    public int ProcessId => _process!.Id;

    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    /// <summary>Process of the engine itself, also when a guard stands between; 0 while it is starting.</summary>
    public int EnginePid => int.TryParse(File.ReadAllText(Path.Combine(DataDirectory, "engine.pid")), CultureInfo.InvariantCulture, out var id) ? id : 0;

    public static async Task<EngineUnderTest> StartAsync()
    {
        var engine = new EngineUnderTest();
        await engine.StartAgainAsync();
        return engine;
    }

    /// <summary>An engine with group vg00 on one image.</summary>
    public static async Task<EngineUnderTest> WithGroupAsync(long imageBytes = 1L << 30)
    {
        var engine = await StartAsync();
        await engine.Client.CreateImageAsync(new(engine.ImagePath, imageBytes));
        await engine.Client.CreateGroupAsync(new("vg00", engine.ImagePath));
        return engine;
    }

    public Task StartAgainAsync() => LaunchAsync("futago-engine", Arguments);

    public Task StartGuardedAsync(int stallSeconds = 30) => LaunchAsync(
        "futago-guard",
        ["--data", DataDirectory, "--stall-timeout", stallSeconds.ToString(CultureInfo.InvariantCulture), "--", ProgramPath("futago-engine"), .. Arguments]);

    /// <summary>Starts the engine behind a command line that starts it as its own process: <see cref="FileSteps.Recording"/>.</summary>
    public Task StartBehindAsync(IReadOnlyList<string> before) => LaunchAsync(before[0], [.. before.Skip(1), ProgramPath("futago-engine"), .. Arguments]);

    /// <summary>Starts an engine that is killed while it starts: <see cref="FileSteps.Killing"/>.</summary>
    public async Task StartToBeKilledAsync(IReadOnlyList<string> before)
    {
        _process?.Dispose();
        _process = Start(before[0], [.. before.Skip(1), ProgramPath("futago-engine"), .. Arguments]);
        _process.BeginErrorReadLine();
        await WaitForEndAsync();
    }

    /// <summary>Runs an engine that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Error)> RunToEndAsync(params string[] arguments)
    {
        using var process = Start("futago-engine", arguments);
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            process.Kill();
        }
        return (process.ExitCode, await error);
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <returns>Exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        Signal(_process!.Id, "TERM");
        await WaitForEndAsync();
        return _process.ExitCode;
    }

    public Task WaitForEndAsync() => _process!.WaitForExitAsync().WaitAsync(Patience);

    public static void Signal(int processId, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Follows the live status until the node is in a state.</summary>
    public async Task<T> WaitForAsync<T>(Func<StatusUpdate, T?> find) where T : class
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await foreach (var update in Client.StreamStatusAsync(limit.Token))
                {
                    if (find(update) is { } found)
                        return found;
                }
            }
            catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable && !limit.IsCancellationRequested)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    /// <summary>Waits until the journal has an event of this kind.</summary>
    public async Task<EngineEvent> WaitForEventAsync(string code)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if ((await Client.ListEventsAsync(0, limit.Token)).FirstOrDefault(e => e.Code == code) is { } found)
                return found;
            await Task.Delay(50, limit.Token);
        }
    }

    public EngineConfiguration Configuration(long revision, params TargetConfiguration[] targets) =>
        new(revision, "node-a", [new PortalConfiguration("127.0.0.1", Port)], targets);

    public static TargetConfiguration Target(string name, Guid volume, bool started = true, string? address = "127.0.0.0/8") => new(
        Guid.NewGuid(),
        name,
        null,
        started,
        [new LunConfiguration(1, volume, "3000000000000001", "FUTAGO-1", false, false, 512, false)],
        address is null ? [] : [new AccessRuleConfiguration(address, null)],
        null);

    public static int FreePort() => FreePorts.Take(1)[0];

    public IReadOnlyList<string> Mounts =>
        [.. File.ReadLines("/proc/self/mountinfo").Select(l => l.Split(' ')[4]).Where(m => m.StartsWith(Root + "/", StringComparison.Ordinal)).Reverse()];

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            Signal(_process.Id, "TERM");
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process?.Dispose();
        Client.Dispose();
        foreach (var mount in Mounts)
        {
            using var umount = Process.Start("umount", ["-l", mount]);
            await umount.WaitForExitAsync();
        }
        Directory.Delete(Root, recursive: true);
    }

    private async Task LaunchAsync(string program, IReadOnlyList<string> arguments)
    {
        _process?.Dispose();
        File.Delete(SocketPath);
        _process = Start(program, arguments);
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_log)
                _log.Add(e.Data ?? "");
        };
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await Client.GetNodeAsync(limit.Token);
                return;
            }
            catch (ProblemException) when (!_process.HasExited)
            {
                await Task.Delay(20, limit.Token);
            }
            catch (ProblemException)
            {
                throw new InvalidOperationException($"{program} ended with {_process.ExitCode}:\n{Log}");
            }
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program.StartsWith("futago-", StringComparison.Ordinal) ? ProgramPath(program) : program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Programs.Prepare(start);
        return Process.Start(start)!;
    }

    private static string ProgramPath(string program) =>
        Programs.Directory is { } published ? Path.Combine(published, program["futago-".Length..], program) : Path.Combine(AppContext.BaseDirectory, program);
}
