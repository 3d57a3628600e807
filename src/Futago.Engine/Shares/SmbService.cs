using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Events;
using Futago.Volumes;
using Futago.Volumes.Linux;
using Futago.Volumes.Programs;

namespace Futago.Engine.Shares;

/// <summary>
/// Runs Samba's smbd for as long as there is something to serve, and starts it again when it ends. It runs on a thread of its own: the
/// kernel ends it together with that thread's process, so that a killed engine leaves no daemon that keeps file systems mounted.
/// </summary>
internal sealed partial class SmbService(SambaPaths paths, int port, EventJournal journal, ILogger<SmbService> logger) : IDisposable
{
    private static readonly TimeSpan ProgramTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RestartPauseMinimum = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestartPauseMaximum = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(1);

    private readonly SmbConnections _connections = new(
        option => ProgramRunner.RunAsync(SmbConnections.Program, ["-s", paths.ConfigurationFile, option, "--json"], ProgramTimeout, null, paths.Environment), paths.LogFile);
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _supervisor;
    private Process? _process;
    private volatile Problem? _problem;
    private volatile bool _listens;
    private bool _reportedFailure;

    /// <summary>Completed when the first attempt to start has ended one way or the other.</summary>
    private volatile TaskCompletionSource? _decided;

    public SmbServiceInfo Status => new(_listens, port, _problem);

    /// <summary>Ends what a killed engine left, by the configuration file that only ours have.</summary>
    public void Prepare()
    {
        foreach (var pid in LeftoverProcesses())
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill();
                process.WaitForExit(ProgramTimeout);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // Gone by itself.
            }
        }
        paths.Prepare();
    }

    /// <summary>Makes the configuration the one in force.</summary>
    public async Task ApplyAsync(string configuration, bool anything, IReadOnlyList<string> closed)
    {
        DurableFile.Replace(paths.ConfigurationFile, Encoding.UTF8.GetBytes(configuration), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (!anything)
        {
            await StopAsync();
            return;
        }
        lock (_lock)
        {
            if (_supervisor is null)
            {
                _stop.Reset();
                _decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _supervisor = new Thread(Supervise) { IsBackground = true, Name = "smbd" };
                _supervisor.Start();
                return;
            }
        }
        // One that is starting has perhaps read the file before this one, and does not take messages yet.
        await WhenDecidedAsync();
        await ControlAsync("reload-config");
        foreach (var share in closed)
            await ControlAsync("close-share", share);
    }

    /// <summary>Until Samba takes connections, or is known not to run. Nobody waits without limit.</summary>
    public async Task WhenDecidedAsync()
    {
        try
        {
            if (_decided is { } decided)
                await decided.Task.WaitAsync(ProgramTimeout);
        }
        catch (TimeoutException)
        {
            // The status says that it does not run.
        }
    }

    public async Task StopAsync()
    {
        Thread? supervisor;
        lock (_lock)
        {
            supervisor = _supervisor;
            _supervisor = null;
            _stop.Set();
            if (_process is { HasExited: false } process)
                EndProcess(process.Id);
        }
        if (supervisor is not null)
            await Task.Run(supervisor.Join);
        _decided?.TrySetResult();
        foreach (var pid in LeftoverProcesses())
            EndProcess(pid);
        _problem = null;
    }

    public void Dispose() => _stop.Dispose();

    /// <exception cref="ProblemException">Samba refused.</exception>
    public async Task SetPasswordAsync(string user, string password)
    {
        var result = await RunAsync("smbpasswd", ["-c", paths.ConfigurationFile, "-s", "-a", user], $"{password}\n{password}\n");
        if (result.ExitCode != 0)
            throw Unavailable($"the password could not be stored ({result.Error})");
    }

    public async Task DeleteAccountAsync(string user)
    {
        var result = await RunAsync("pdbedit", ["-s", paths.ConfigurationFile, "-x", "-u", user]);
        // One that Samba does not know is as good as deleted.
        if (result.ExitCode != 0)
            LogControlFailed(logger, "delete account", result.Error);
    }

    /// <exception cref="ProblemException">They cannot be read: somebody may be connected all the same.</exception>
    public Task<IReadOnlyList<ShareConnectionInfo>> ListConnectionsAsync() =>
        _listens ? _connections.ListAsync() : Task.FromResult<IReadOnlyList<ShareConnectionInfo>>([]);

    private void Supervise()
    {
        var pause = RestartPauseMinimum;
        while (!_stop.IsSet)
        {
            var started = Stopwatch.GetTimestamp();
            var reason = RunOnce();
            if (_stop.IsSet)
                return;
            Fail(reason);
            pause = Stopwatch.GetElapsedTime(started) > LongRun ? RestartPauseMinimum : pause * 2 < RestartPauseMaximum ? pause * 2 : RestartPauseMaximum;
            _stop.Wait(pause);
        }
    }

    /// <returns>Why it ended.</returns>
    private string RunOnce()
    {
        var start = new ProcessStartInfo(
            "/usr/bin/setpriv",
            ["--pdeathsig", "KILL", "--", "/usr/sbin/smbd", "--foreground", "--no-process-group", $"--configfile={paths.ConfigurationFile}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = "/usr/sbin:/sbin:/usr/bin:/bin";
        foreach (var (name, value) in paths.Environment)
            start.Environment[name] = value;
        if (!File.Exists("/usr/sbin/smbd"))
            return "Samba is not installed; install the package samba";
        try
        {
            var said = new Queue<string>();
            using var process = new Process { StartInfo = start };
            DataReceivedEventHandler keep = (_, e) =>
            {
                lock (said)
                {
                    if (!string.IsNullOrWhiteSpace(e.Data))
                        said.Enqueue(e.Data.Trim());
                    if (said.Count > 5)
                        said.Dequeue();
                }
            };
            process.OutputDataReceived += keep;
            process.ErrorDataReceived += keep;
            lock (_lock)
            {
                if (_stop.IsSet)
                    return "";
                process.Start();
                _process = process;
            }
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (WaitUntilItListens(process))
                Recovered();
            process.WaitForExit();
            _listens = false;
            lock (_lock)
                _process = null;
            lock (said)
                return $"it ended with exit code {process.ExitCode}{(said.Count > 0 ? ": " + string.Join(' ', said) : $"; {paths.LogFile} says more")}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"it cannot be started ({e.Message})";
        }
    }

    private bool WaitUntilItListens(Process process)
    {
        while (!process.HasExited && !_stop.IsSet)
        {
            try
            {
                using var probe = new TcpClient("127.0.0.1", port);
                return true;
            }
            catch (SocketException)
            {
                _stop.Wait(TimeSpan.FromMilliseconds(50));
            }
        }
        return false;
    }

    private void Recovered()
    {
        _problem = null;
        _reportedFailure = false;
        _listens = true;
        _decided?.TrySetResult();
        journal.Append(EventSeverity.Info, EventCodes.SmbStarted, null, $"The SMB service was started on port {port}.", ("port", port.ToString(CultureInfo.InvariantCulture)));
    }

    private void Fail(string reason)
    {
        _problem = Unavailable(reason).Problem;
        _decided?.TrySetResult();
        if (_reportedFailure)
            return;
        _reportedFailure = true;
        journal.Append(
            EventSeverity.Error, EventCodes.SmbFailed, null, $"The SMB service does not run: {reason}. It is started again every few seconds.", ("reason", reason));
    }

    private async Task ControlAsync(params string[] message)
    {
        var result = await RunAsync("smbcontrol", ["-s", paths.ConfigurationFile, "smbd", .. message]);
        if (result.ExitCode != 0)
            LogControlFailed(logger, message[0], result.Error);
    }

    private async Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        try
        {
            return await ProgramRunner.RunAsync(program, arguments, ProgramTimeout, input, paths.Environment);
        }
        catch (StorageException e)
        {
            throw Unavailable(e.Message);
        }
    }

    private List<int> LeftoverProcesses()
    {
        var found = new List<int>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
                continue;
            try
            {
                var words = File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0');
                if (words.Contains($"--configfile={paths.ConfigurationFile}"))
                    found.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }
        return found;
    }

    private static void EndProcess(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Gone by itself.
        }
    }

    private static ProblemException Unavailable(string reason) => new(
        new Problem(ProblemCodes.SmbUnavailable, $"The SMB service is not available: {reason}.", null, new Dictionary<string, string> { ["reason"] = reason }), 503);

    [LoggerMessage(2701, LogLevel.Warning, "Samba did not take the message {Message}: {Reason}")]
    private static partial void LogControlFailed(ILogger logger, string message, string reason);
}
