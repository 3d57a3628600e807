using System.Diagnostics;
using System.Globalization;
using System.Text;
using Futago.Console.Security;

namespace Futago.Console.Postgres;

/// <summary>
/// A PostgreSQL cluster of the console's own: in its data directory, reachable over a unix socket that only its user can open.
/// The server is a child in a session of its own. An orderly stop of the console stops it; after a SIGKILL of the console it
/// keeps running and the next console takes it over.
/// </summary>
public sealed partial class PrivateCluster : IDisposable
{
    // sockaddr_un holds 107 bytes and a terminating zero: unix(7).
    private const int SocketPathLengthMax = 107;
    private const string UserName = "futago";
    private const string DatabaseName = "futago";
    private const int Port = 5432;

    private readonly string _directory;
    private readonly string _clusterDirectory;
    private readonly string _socketDirectory;
    private readonly PostgresBinaries _binaries;
    private readonly ILogger<PrivateCluster> _logger;
    private Process? _server;

    /// <exception cref="StartupException">Running as root, no fitting PostgreSQL, or a socket path that is too long.</exception>
    public PrivateCluster(string directory, string socketDirectory, ILogger<PrivateCluster> logger)
    {
        _directory = directory;
        _clusterDirectory = Path.Combine(directory, "cluster");
        _socketDirectory = socketDirectory;
        _logger = logger;
        if (PeerCredentials.OwnUser() == 0)
            throw new StartupException("PostgreSQL refuses to run as root, so the console must not be root to run its private database. Start it as an unprivileged user, or use --connection-string-file.");
        var socket = Path.Combine(socketDirectory, $".s.PGSQL.{Port}");
        if (Encoding.UTF8.GetByteCount(socket) > SocketPathLengthMax)
            throw new StartupException($"The path {socket} is too long for a unix socket. Name a shorter directory with --postgres-socket-directory.");
        _binaries = PostgresBinaries.Choose(PostgresBinaries.FindInstalled(), _clusterDirectory);
    }

    public string ConnectionString => $"Host={_socketDirectory};Port={Port};Username={UserName};Database={DatabaseName}";

    /// <summary>For creating <see cref="ConnectionString"/>'s database.</summary>
    public string MaintenanceConnectionString => $"Host={_socketDirectory};Port={Port};Username={UserName};Database=postgres;Pooling=false";

    /// <summary>Makes the cluster if there is none, and starts its server unless it runs. It accepts connections some time later.</summary>
    /// <exception cref="IOException">It could not be made or started; the message says why.</exception>
    public async Task EnsureRunningAsync(CancellationToken cancellation)
    {
        if (_server is { HasExited: false })
            return;
        _server?.Dispose();
        _server = null;
        if (!File.Exists(Path.Combine(_clusterDirectory, "PG_VERSION")))
            await InitialiseAsync(cancellation);
        _server = await TakeOverAsync(cancellation) ?? Start();
    }

    /// <summary>Returns when the server has ended, by whatever cause.</summary>
    public async Task WaitForExitAsync(CancellationToken cancellation)
    {
        if (_server is { } server)
            await server.WaitForExitAsync(cancellation);
    }

    /// <summary>Why the server ended, as far as it said so before its own log began.</summary>
    public string LastWords()
    {
        try
        {
            return File.ReadLines(StartupLog).LastOrDefault(l => l.Length > 0) ?? "no message";
        }
        catch (IOException)
        {
            return "no message";
        }
    }

    /// <summary>Ends all sessions, writes everything out and stops the server.</summary>
    public async Task StopAsync()
    {
        if (_server is not { HasExited: false })
            return;
        await RunAsync(_binaries.PgCtl, ["stop", "-D", _clusterDirectory, "-m", "fast", "-w", "-t", "30", "-s"], CancellationToken.None);
        LogStopped(_logger);
    }

    public void Dispose() => _server?.Dispose();

    private string StartupLog => Path.Combine(_directory, "startup.log");

    // Into a directory beside it, renamed when complete: a cluster that was cut off half-way is never taken for a whole one.
    private async Task InitialiseAsync(CancellationToken cancellation)
    {
        var unfinished = _clusterDirectory + ".new";
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        if (Directory.Exists(_clusterDirectory) && Directory.EnumerateFileSystemEntries(_clusterDirectory).Any())
            throw new IOException($"{_clusterDirectory} is not empty and not a PostgreSQL cluster either. Move it away.");
        await RunAsync(_binaries.Initdb,
            ["-D", unfinished, "-U", UserName, "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "--data-checksums"],
            cancellation);
        if (Directory.Exists(_clusterDirectory))
            Directory.Delete(_clusterDirectory);
        Directory.Move(unfinished, _clusterDirectory);
        LogInitialised(_logger, _binaries.Major, _clusterDirectory);
    }

    // postmaster.pid: process id, data directory, start time, port, socket directory, listen address, …, one per line.
    private async Task<Process?> TakeOverAsync(CancellationToken cancellation)
    {
        var pidFile = Path.Combine(_clusterDirectory, "postmaster.pid");
        if (!File.Exists(pidFile))
            return null;
        var text = await File.ReadAllTextAsync(pidFile, cancellation);
        var lines = text.Split('\n');
        if (!int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !IsOurServer(id, text))
        {
            // PostgreSQL looks only at whether a process of that number lives; after a reboot or in a container that can be any
            // other, and it would refuse to start for ever.
            File.Delete(pidFile);
            return null;
        }
        if (lines.Length > 4 && lines[4] != _socketDirectory)
        {
            await RunAsync(_binaries.PgCtl, ["stop", "-D", _clusterDirectory, "-m", "fast", "-w", "-t", "30", "-s"], cancellation);
            return null;
        }
        LogTakenOver(_logger, id);
        return Process.GetProcessById(id);
    }

    private static bool IsOurServer(int id, string pidFile)
    {
        try
        {
            // The server's working directory is its cluster. Looked at through the process, because it may know the cluster by
            // another path: node supervisors bind-mount the data directory.
            return File.ReadAllText($"/proc/{id}/comm").Trim() == "postgres"
                && File.ReadAllText($"/proc/{id}/cwd/postmaster.pid") == pidFile;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private Process Start()
    {
        Directory.CreateDirectory(_socketDirectory);
        // The shell only redirects: a server that outlives the console must not hold its pipes. setsid keeps a Ctrl-C that is
        // meant for the console away from it. Both exec, so that the process id is the server's.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        string[] arguments =
        [
            "-c", "exec setsid \"$@\" </dev/null >\"$0\" 2>&1", StartupLog,
            _binaries.Postgres, "-D", _clusterDirectory,
            "-c", "listen_addresses=",
            "-c", $"unix_socket_directories={_socketDirectory}",
            "-c", "unix_socket_permissions=0700",
            "-c", $"port={Port}",
            "-c", "max_connections=50",
            "-c", "shared_buffers=64MB",
            "-c", "log_timezone=UTC",
            "-c", "logging_collector=on",
            "-c", "log_directory=log",
            "-c", "log_filename=postgresql-%a.log",
            "-c", "log_truncate_on_rotation=on",
            "-c", "log_rotation_age=1d",
            "-c", "log_rotation_size=0",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C.UTF-8";
        var process = Process.Start(start) ?? throw new IOException("PostgreSQL could not be started.");
        LogStarted(_logger, _binaries.Major, process.Id);
        return process;
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start) ?? throw new IOException($"{program} could not be started.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = await process.StandardError.ReadToEndAsync(cancellation);
            await output;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
                throw new IOException($"{Path.GetFileName(program)} failed: {errors.Trim().ReplaceLineEndings(" ")}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    [LoggerMessage(2001, LogLevel.Information, "PostgreSQL {Major} cluster made in {Directory}")]
    private static partial void LogInitialised(ILogger logger, int major, string directory);

    [LoggerMessage(2002, LogLevel.Information, "PostgreSQL {Major} started as process {ProcessId}")]
    private static partial void LogStarted(ILogger logger, int major, int processId);

    [LoggerMessage(2003, LogLevel.Information, "PostgreSQL was running already as process {ProcessId} and was taken over")]
    private static partial void LogTakenOver(ILogger logger, int processId);

    [LoggerMessage(2004, LogLevel.Information, "PostgreSQL stopped")]
    private static partial void LogStopped(ILogger logger);
}
