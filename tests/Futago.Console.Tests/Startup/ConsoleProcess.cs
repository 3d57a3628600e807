using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Futago.Testing.Processes;

namespace Futago.Console.Tests.Startup;

/// <summary>
/// The console as a process of its own with its private PostgreSQL, in a temporary directory, run by nobody when the tests run as
/// root: PostgreSQL refuses root, and so does the console. It can be killed and started again on the same data.
/// </summary>
public sealed class ConsoleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-cluster-").FullName;
    private Channel<string> _lines = Channel.CreateUnbounded<string>();
    private Process? _process;

    private string Cluster => Path.Combine(_directory, "data", "postgres", "cluster");

    /// <summary>The console's own directory.</summary>
    public string DataDirectoryPath => Path.Combine(_directory, "data", "console");

    public string VersionFile => Path.Combine(Cluster, "PG_VERSION");

    public string PidFile => Path.Combine(Cluster, "postmaster.pid");

    public static async Task<ConsoleProcess> CreateAsync()
    {
        var console = new ConsoleProcess();
        // From a copy, because nobody may not be able to read the checkout. Without the manifest that leads back into it.
        var app = Directory.CreateDirectory(Path.Combine(console._directory, "app")).FullName;
        await Command.RunOkAsync("cp", "-r", AppContext.BaseDirectory + ".", app);
        File.Delete(Path.Combine(app, "futago-console.staticwebassets.runtime.json"));
        Directory.CreateDirectory(Path.Combine(console._directory, "data"));
        await Command.RunOkAsync("chmod", "-R", "a+rX", console._directory);
        if (Environment.UserName == "root")
            await Command.RunOkAsync("chown", "nobody", Path.Combine(console._directory, "data"));
        return console;
    }

    /// <param name="before">A command line in front of the console's.</param>
    public void Start(params IReadOnlyList<string> before)
    {
        string[] command =
        [
            "dotnet", Path.Combine(_directory, "app", "futago-console.dll"), "--data", Path.Combine(_directory, "data", "console"),
            "--postgres-data", Path.Combine(_directory, "data", "postgres"), "--engine-socket", Path.Combine(_directory, "data", "no-engine.sock"),
            "--listen", "127.0.0.1:0", "--node-name", "nodea",
        ];
        if (Environment.UserName == "root")
            command = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", .. command];
        command = [.. before, .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["HOME"] = Path.Combine(_directory, "data");
        var lines = _lines = Channel.CreateUnbounded<string>();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => lines.Writer.TryWrite(e.Data ?? "");
        _process.ErrorDataReceived += (_, e) => lines.Writer.TryWrite(e.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Returns when the console has printed a line with that text.</summary>
    public async Task WaitForAsync(string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        List<string> seen = [];
        try
        {
            do
                seen.Add(await _lines.Reader.ReadAsync(limit.Token));
            while (!seen[^1].Contains(text, StringComparison.Ordinal));
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The console did not say “{text}” but:\n{string.Join('\n', seen)}");
        }
    }

    public Task WaitUntilReadyAsync() => WaitForAsync("The database is ready");

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async Task<int> StopAsync()
    {
        await Command.RunOkAsync("kill", "-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture));
        return await WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>What PostgreSQL's own pid file names.</summary>
    public int ServerId() => int.Parse(File.ReadLines(PidFile).First(), CultureInfo.InvariantCulture);

    /// <summary>The servers that live in this cluster, whatever the pid file says.</summary>
    public IReadOnlyList<int> Servers()
    {
        List<int> found = [];
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && new FileInfo($"{directory}/cwd").LinkTarget == Cluster)
                found.Add(id);
        }
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        foreach (var server in Servers())
        {
            try
            {
                using var process = Process.GetProcessById(server);
                process.Kill();
                await process.WaitForExitAsync().WaitAsync(Patience);
            }
            catch (ArgumentException)
            {
                // Ended meanwhile.
            }
        }
        Directory.Delete(_directory, recursive: true);
    }
}
