using Futago.Engine.Contracts.Iscsi;
using Futago.Management.Node;
using Microsoft.EntityFrameworkCore;

namespace Futago.Persistence;

/// <summary>Brings the database to the present schema, and writes the first configuration.</summary>
public sealed class DatabaseSetup(IDbContextFactory<ApplianceDbContext> factory)
{
    // Any number, as long as nothing else in this database uses it. EF's own migration lock covers one migration run; this one
    // covers the first configuration as well, when two consoles start on one server.
    private const long AdvisoryLock = 0x4675_7461_676F;

    /// <param name="nodeName">For the first start only.</param>
    /// <param name="portal">
    /// Portal of the command line; null when it named none. Taken over at the first start, and later while the configuration still
    /// has just the portal that the command line named before.
    /// </param>
    public async Task PrepareAsync(string nodeName, Portal? portal, CancellationToken cancellation = default)
    {
        await using var context = await factory.CreateDbContextAsync(cancellation);
        await context.Database.OpenConnectionAsync(cancellation);
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryLock})", cancellation);
        try
        {
            await context.Database.MigrateAsync(cancellation);
            await SeedAsync(context, nodeName, portal, cancellation);
        }
        finally
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
            await context.Database.CloseConnectionAsync();
        }
    }

    private static async Task SeedAsync(ApplianceDbContext context, string nodeName, Portal? portal, CancellationToken cancellation)
    {
        var seed = portal is null ? null : PortalRule.Format(new PortalConfiguration(portal.Address, portal.Port));
        var configuration = await context.NodeConfigurations.Include(c => c.Portals).SingleOrDefaultAsync(cancellation);
        if (configuration is null)
        {
            context.Add(new NodeConfiguration
            {
                NodeName = nodeName,
                SeededPortal = seed,
                Portals = [portal ?? new Portal { Address = "0.0.0.0", Port = 3260 }],
            });
        }
        else if (seed is not null && seed != configuration.SeededPortal)
        {
            var untouched = configuration.Portals is [var only] && PortalRule.Format(new PortalConfiguration(only.Address, only.Port)) == configuration.SeededPortal;
            configuration.SeededPortal = seed;
            if (untouched)
            {
                configuration.Portals.Clear();
                configuration.Portals.Add(portal!);
                configuration.Revision++;
            }
        }
        await context.SaveChangesAsync(cancellation);
    }
}
