using Futago.Migrations;
using Futago.Persistence;
using Futago.Testing.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

[assembly: AssemblyFixture(typeof(Futago.Management.Tests.DatabaseFixture))]

namespace Futago.Management.Tests;

/// <summary>One server for the whole run; each test gets a database of its own, copied from a migrated one.</summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    private const string Template = "futago_template";

    private PostgresServer? _server;
    private int _count;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        await ExecuteAsync($"CREATE DATABASE {Template}");
        await using var source = NpgsqlDataSource.Create($"{_server.ConnectionString};Database={Template};Pooling=false");
        await new DatabaseSetup(new ContextFactory(source)).PrepareAsync("nodea", null);
    }

    public async Task<NpgsqlDataSource> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _count)}";
        // Its files, not block after block through the log: half the processor time.
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template} STRATEGY FILE_COPY");
        return NpgsqlDataSource.Create($"{_server!.ConnectionString};Database={name};Maximum Pool Size=20");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private async Task ExecuteAsync(string statement)
    {
        await using var source = NpgsqlDataSource.Create($"{_server!.ConnectionString};Database=postgres;Pooling=false");
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }

    internal sealed class ContextFactory(NpgsqlDataSource source) : IDbContextFactory<ApplianceDbContext>
    {
        public ApplianceDbContext CreateDbContext() => new(Options(source));

        /// <summary>By connection, not by source: for each source EF would build the model and compile every query anew.</summary>
        public static DbContextOptions<ApplianceDbContext> Options(NpgsqlDataSource source) => new DbContextOptionsBuilder<ApplianceDbContext>()
            .UseNpgsql(source.CreateConnection(), contextOwnsConnection: true, o => o.MigrationsAssembly(MigrationsAssembly.Name)).Options;
    }
}
