using System.Net.Sockets;
using Futago.Engine.Contracts;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Futago.Persistence;

/// <summary>Runs one unit of work on a context of its own, and names the two failures that users can meet.</summary>
public sealed class Database(IDbContextFactory<ApplianceDbContext> factory)
{
    public async Task<T> RunAsync<T>(Func<ApplianceDbContext, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var context = await factory.CreateDbContextAsync(cancellation);
            return await work(context);
        }
        catch (Exception e) when (IsUnreachable(e))
        {
            throw Unreachable();
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation)
        {
            throw UniqueViolations.ToProblem(violation.ConstraintName);
        }
    }

    public Task RunAsync(Func<ApplianceDbContext, Task> work, CancellationToken cancellation) => RunAsync(async context =>
    {
        await work(context);
        return true;
    }, cancellation);

    /// <summary>True for everything that a stopped, starting or restarting server causes; false for errors in a statement.</summary>
    public static bool IsUnreachable(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is PostgresException answer)
                // Class 57P: the server is shutting down, crashing or starting up; class 53: out of connections, memory or disk.
                return answer.SqlState.StartsWith("57P", StringComparison.Ordinal) || answer.SqlState.StartsWith("53", StringComparison.Ordinal);
            if (cause is SocketException or NpgsqlException)
                return true;
        }
        return false;
    }

    public static ProblemException Unreachable() => new(new Problem(ProblemCodes.DatabaseUnreachable,
        "The console's database is starting or does not answer. iSCSI goes on meanwhile; try again in a few seconds."), 503);
}
