using Futago.Management.Events;
using Futago.Management.Node;
using Microsoft.EntityFrameworkCore;

namespace Futago.Persistence;

public sealed class ConfigurationStore(Database database) : IConfigurationStore
{
    public Task<NodeConfiguration> ReadAsync(CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        // Split queries see one state only inside one snapshot.
        await using var transaction = await context.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        return await Whole(context).AsNoTracking().SingleAsync(cancellation);
    }, cancellation);

    public Task<NodeConfiguration> ChangeAsync(Func<NodeConfiguration, EventEntry?> change, CancellationToken cancellation = default) =>
        database.RunAsync(async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
            var configuration = await LockAsync(context, cancellation);
            if (change(configuration) is { } entry)
            {
                configuration.Revision++;
                context.Events.Add(entry);
                await context.SaveChangesAsync(cancellation);
                await transaction.CommitAsync(cancellation);
            }
            return configuration;
        }, cancellation);

    public Task RaiseRevisionAsync(long engineRevision, EventEntry entry, CancellationToken cancellation = default) =>
        database.RunAsync(async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
            var configuration = await LockAsync(context, cancellation);
            if (configuration.Revision > engineRevision)
                return;
            configuration.Revision = engineRevision + 1;
            context.Events.Add(entry);
            await context.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }, cancellation);

    // The lock on the one row makes changes wait for each other; what is read after it is what the last one committed.
    private static async Task<NodeConfiguration> LockAsync(ApplianceDbContext context, CancellationToken cancellation)
    {
        await context.Database.ExecuteSqlAsync($"SELECT 1 FROM node_configuration WHERE id = 1 FOR UPDATE", cancellation);
        return await Whole(context).SingleAsync(cancellation);
    }

    private static IQueryable<NodeConfiguration> Whole(ApplianceDbContext context) => context.NodeConfigurations
        .Include(c => c.Portals)
        .Include(c => c.Peer)
        .Include(c => c.Failover)
        .Include(c => c.AgentShares)
        .Include(c => c.VolumeReplications)
        .Include(c => c.Targets).ThenInclude(t => t.Luns)
        .Include(c => c.Targets).ThenInclude(t => t.AccessRules)
        .AsSplitQuery()
        .OrderBy(c => c.Id);
}
