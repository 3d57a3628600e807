using Futago.Management.Events;
using Futago.Management.Node;
using Futago.Management.Tasks;
using Futago.Persistence.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Futago.Persistence;

/// <summary>The console's database. Never used by a component or endpoint directly: those go through the stores.</summary>
public sealed class ApplianceDbContext(DbContextOptions<ApplianceDbContext> options)
    : IdentityUserContext<ApplianceUser, Guid>(options)
{
    public DbSet<NodeConfiguration> NodeConfigurations => Set<NodeConfiguration>();

    public DbSet<EventEntry> Events => Set<EventEntry>();

    public DbSet<JournalPosition> JournalPositions => Set<JournalPosition>();

    public DbSet<ScheduledTask> Tasks => Set<ScheduledTask>();

    public DbSet<TaskRun> TaskRuns => Set<TaskRun>();

    public DbSet<TaskLogEntry> TaskLog => Set<TaskLogEntry>();

    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(ApplianceDbContext).Assembly);
        SnakeCase.Apply(builder.Model);
    }
}
