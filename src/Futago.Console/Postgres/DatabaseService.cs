using Futago.Console.Security;
using Futago.Engine.Contracts;
using Futago.Persistence;
using Futago.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Futago.Console.Postgres;

/// <summary>
/// Brings the database up, keeps watch over it, and brings it up again when it goes: the console itself goes on meanwhile.
/// </summary>
public sealed partial class DatabaseService(
    ConsoleOptions options,
    DatabaseStatus status,
    DatabaseSetup setup,
    IServiceScopeFactory scopes,
    SetupCode setupCode,
    TimeProvider time,
    ILogger<DatabaseService> logger,
    PrivateCluster? cluster = null) : BackgroundService
{
    private const string FirstAdministrator = "admin";

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = PauseMin;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await BringUpAsync(stoppingToken);
                status.SetReady();
                LogReady(logger);
                pause = PauseMin;
                await WatchAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // Whatever it is, the console must stay up to say so and try again; the log has the whole story.
            catch (Exception e)
            {
                LogFailed(logger, e.Message, Database.IsUnreachable(e) || e is ProblemException or IOException ? null : e);
                status.SetProblem(e is ProblemException ? e.Message : $"The database is not available: {e.Message}");
            }
            try
            {
                await Task.Delay(pause, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    private async Task BringUpAsync(CancellationToken cancellation)
    {
        if (cluster is not null)
        {
            await cluster.EnsureRunningAsync(cancellation);
            await CreateDatabaseAsync(cluster, cancellation);
        }
        await setup.PrepareAsync(options.NodeName, options.IscsiPortal, cancellation);
        await PrepareFirstAdministratorAsync(cancellation);
    }

    private static async Task CreateDatabaseAsync(PrivateCluster cluster, CancellationToken cancellation)
    {
        var name = new NpgsqlConnectionStringBuilder(cluster.ConnectionString).Database!;
        await using var connection = new NpgsqlConnection(cluster.MaintenanceConnectionString);
        await connection.OpenAsync(cancellation);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await exists.ExecuteScalarAsync(cancellation) is not null)
            return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name}\"", connection);
        await create.ExecuteNonQueryAsync(cancellation);
    }

    private async Task PrepareFirstAdministratorAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManagement>();
        if (!await users.IsEmptyAsync(cancellation))
        {
            setupCode.Forget();
            return;
        }
        if (options.AdminPassword is null)
        {
            setupCode.Ensure();
            return;
        }
        await users.CreateFirstAdministratorAsync(FirstAdministrator, options.AdminPassword, cancellation);
        LogAdministratorCreated(logger, FirstAdministrator);
    }

    // Ends with an exception when the server is gone: at once when our own process ends, else at the next question.
    private async Task WatchAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var exit = cluster?.WaitForExitAsync(ended.Token) ?? Task.Delay(Timeout.InfiniteTimeSpan, ended.Token);
        try
        {
            while (true)
            {
                var tick = Task.Delay(WatchInterval, time, ended.Token);
                if (await Task.WhenAny(exit, tick) == exit)
                {
                    await exit;
                    throw new IOException($"PostgreSQL ended ({cluster!.LastWords()}); it is being started again.");
                }
                await tick;
                await using var scope = scopes.CreateAsyncScope();
                var context = scope.ServiceProvider.GetRequiredService<ApplianceDbContext>();
                await context.Database.ExecuteSqlRawAsync("SELECT 1", cancellation);
            }
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    [LoggerMessage(2101, LogLevel.Information, "The database is ready")]
    private static partial void LogReady(ILogger logger);

    [LoggerMessage(2102, LogLevel.Warning, "The database is not ready: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason, Exception? exception);

    [LoggerMessage(2103, LogLevel.Information, "The administrator {Name} was created from --admin-password-file")]
    private static partial void LogAdministratorCreated(ILogger logger, string name);
}
