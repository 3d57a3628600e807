using System.Diagnostics;

namespace Futago.Testing.Postgres;

/// <summary>
/// A real PostgreSQL server of the installed binaries in a temporary directory, on a unix socket only. Durability is off: what a
/// test writes never outlives it. Runs as <c>postgres</c> when the tests run as root, because PostgreSQL refuses root.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Nothing is kept for after a crash; and with a database for each test, a worker would vacuum one of them all the time.</summary>
    private const string Settings = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off";

    private readonly string _directory;
    private readonly string _bin;

    private PostgresServer(string directory, string bin) => (_directory, _bin) = (directory, bin);

    /// <summary>Npgsql's connection string without a database.</summary>
    public string ConnectionString => $"Host={_directory};Port=5432;Username=postgres";

    public static async Task<PostgresServer> StartAsync()
    {
        var bin = Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Last(d => File.Exists(Path.Combine(d, "postgres")));
        var server = new PostgresServer(Directory.CreateTempSubdirectory("futago-pg-").FullName, bin);
        try
        {
            if (Environment.UserName == "root")
                await RunAsync("chown", ["postgres", server._directory]);
            await server.RunAsServerUserAsync("initdb", ["-D", server.Data, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"]);
            await server.RunAsServerUserAsync("pg_ctl",
            [
                "start", "-D", server.Data, "-w", "-t", "120", "-s", "-l", Path.Combine(server._directory, "log"),
                "-o", $"-c listen_addresses= -c unix_socket_directories={server._directory} -c max_connections=200 {Settings}",
            ]);
            return server;
        }
        catch
        {
            Directory.Delete(server._directory, recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsServerUserAsync("pg_ctl", ["stop", "-D", Data, "-m", "immediate", "-w", "-s"]);
        Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    private Task RunAsServerUserAsync(string program, string[] arguments)
    {
        var path = Path.Combine(_bin, program);
        return Environment.UserName == "root" ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        // Nothing is redirected: the server would inherit the pipe, and reading it would never end.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
