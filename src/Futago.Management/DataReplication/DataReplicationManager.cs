using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Management.Access;
using Futago.Management.Tasks;

namespace Futago.Management.DataReplication;

/// <summary>The use cases of data replication tasks.</summary>
public sealed partial class DataReplicationManager(
    TaskRegister register,
    ITaskStore store,
    TaskRuns runs,
    TaskViews views,
    TaskSlots slots,
    EngineClient engine,
    ISecretProtector protector,
    ICurrentActor currentActor,
    TimeProvider time) : IDataReplication
{
    private const int KeepSnapshotsMax = 1000;

    public async Task<IReadOnlyList<ReplicationTaskView>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await ViewAsync(await register.ListAsync(TaskKind.DataReplication, cancellation), cancellation);
    }

    public async Task<ReplicationTaskView> GetAsync(string name, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return (await ViewAsync([await FindAsync(name, cancellation)], cancellation))[0];
    }

    public async Task<ReplicationTaskView> CreateAsync(CreateReplicationTask request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var name = await register.CheckNewNameAsync(request.Name, "name", cancellation);
        var settings = Check(new ReplicationSettings(
            request.Source, request.Folder, request.Destination, request.Port, request.Share, request.User, request.PlainPort, null,
            request.Options ?? new ReplicationOptions(), request.KeepSnapshots, request.ShrinkLimitPercent));
        var password = settings.Destination is null ? null : AgentRules.CheckPassword(request.Password);
        settings = settings with { Fingerprint = await VerifyAsync(settings, password, request.SkipTest, cancellation) };
        var task = new ScheduledTask
        {
            Name = name,
            Kind = TaskKind.DataReplication,
            Schedule = slots.CheckSchedule(request.Schedule),
            Enabled = request.Enabled,
            Settings = ReplicationTaskKind.Store(settings),
            ProtectedSecret = password is null ? null : protector.Protect(password),
            CreatedAt = time.GetUtcNow(),
        };
        await register.AddAsync(actor, task, new { task.Schedule, settings }, cancellation);
        return (await ViewAsync([task], cancellation))[0];
    }

    public async Task<ReplicationTaskView> UpdateAsync(string name, UpdateReplicationTask request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var task = await FindAsync(name, cancellation);
        var before = ReplicationTaskKind.Settings(task);
        var newName = await register.CheckRenameAsync(task, request.NewName, cancellation);
        var settings = Check(before with
        {
            Source = request.Source ?? before.Source,
            Folder = request.Folder ?? before.Folder,
            Destination = request.Destination ?? before.Destination,
            Port = request.Port ?? before.Port,
            Share = request.Share ?? before.Share,
            User = request.User ?? before.User,
            Options = request.Options ?? before.Options,
            KeepSnapshots = request.KeepSnapshots ?? before.KeepSnapshots,
            ShrinkLimitPercent = request.ShrinkLimitPercent ?? before.ShrinkLimitPercent,
        });
        var password = request.Password is null ? null : AgentRules.CheckPassword(request.Password);
        var elsewhere = settings.Destination != before.Destination || settings.Port != before.Port;
        if (request.Trust || elsewhere || password is not null || settings.User != before.User || settings.Share != before.Share || settings.Source != before.Source)
        {
            // A certificate is trusted anew only when that is asked for, or when it is another agent.
            var expected = request.Trust || elsewhere ? null : before.Fingerprint;
            settings = settings with { Fingerprint = await VerifyAsync(settings with { Fingerprint = expected }, password ?? Reveal(task), false, cancellation) };
        }
        var schedule = request.Schedule is null ? task.Schedule : slots.CheckSchedule(request.Schedule);
        var changed = await register.ChangeAsync(
            actor,
            task,
            t =>
            {
                t.Name = newName;
                t.Schedule = schedule;
                t.Enabled = request.Enabled ?? t.Enabled;
                t.Settings = ReplicationTaskKind.Store(settings);
                t.ProtectedSecret = password is null ? t.ProtectedSecret : protector.Protect(password);
            },
            new { task.Name, task.Schedule, task.Enabled, settings = before },
            t => new { t.Name, t.Schedule, t.Enabled, settings },
            cancellation);
        return (await ViewAsync([changed], cancellation))[0];
    }

    public async Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var task = await FindAsync(name, cancellation);
        TaskRegister.CheckConfirmed(task, confirm);
        if ((await store.ListRunningAsync(cancellation)).Any(r => r.TaskId == task.Id))
            throw ProblemException.Conflict(ProblemCodes.TaskRunning, $"The task {task.Name} is running. Stop it first.", null, ("task", task.Name));
        await register.DeleteAsync(actor, task, confirm, new { task.Schedule, settings = ReplicationTaskKind.Settings(task) }, cancellation);
    }

    public async Task<RunView> StartAsync(string name, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        var run = await runs.BeginAsync(await FindAsync(name, cancellation), RunTrigger.Person, actor.Name, cancellation);
        return views.View(run, details: true);
    }

    private static ReplicationSettings Check(ReplicationSettings settings)
    {
        var local = settings.Destination is null;
        return settings with
        {
            Source = Required(settings.Source, "source"),
            Folder = ReplicationEndpoint.CheckFolder(settings.Folder),
            Destination = local ? null : AgentRules.CheckAddress(settings.Destination),
            Port = AgentRules.CheckPort(settings.Port, "port"),
            Share = Required(settings.Share, "share"),
            User = local ? null : AgentRules.CheckUser(settings.User),
            PlainPort = settings.PlainPort is { } port ? AgentRules.CheckPort(port, "plainPort") : null,
            Options = CheckOptions(settings.Options),
            KeepSnapshots = InRange(settings.KeepSnapshots, KeepSnapshotsMax, "keepSnapshots"),
            ShrinkLimitPercent = InRange(settings.ShrinkLimitPercent, 100, "shrinkLimitPercent"),
        };
    }

    private static ReplicationOptions CheckOptions(ReplicationOptions options)
    {
        if (options.DeleteLimit is < 0 or > 1_000_000_000)
            throw InvalidOption("deleteLimit", "The limit of deletions is 0 to 1,000,000,000.");
        if (options.BandwidthLimitBytesPerSecond is < 1024 or > 1L << 50)
            throw InvalidOption("bandwidthLimitBytesPerSecond", "The bandwidth limit is at least 1 KiB/s.");
        foreach (var (patterns, field) in new[] { (options.Include, "include"), (options.Exclude, "exclude") })
        {
            if (patterns is not null && (patterns.Count > 200 || patterns.Any(p => p is not { Length: > 0 and <= 500 } || p == "!" || p.Any(char.IsControl))))
                throw InvalidOption(field, "There are at most 200 patterns of 1 to 500 characters, without control characters.");
        }
        return options;
    }

    private static int InRange(int value, int maximum, string option) =>
        value >= 0 && value <= maximum ? value : throw InvalidOption(option, $"{option} is 0 to {maximum}.");

    private static ProblemException InvalidOption(string option, string detail) =>
        ProblemException.Invalid(ProblemCodes.ReplicationOptionInvalid, detail, option, ("option", option));

    private static string Required(string? value, string field) => string.IsNullOrWhiteSpace(value)
        ? throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"The {field} is missing.", field, ("name", ""))
        : value.Trim();

    private string? Reveal(ScheduledTask task) => task.ProtectedSecret is null ? null : protector.Unprotect(task.ProtectedSecret);

    private Task<ScheduledTask> FindAsync(string name, CancellationToken cancellation) => register.FindAsync(TaskKind.DataReplication, name, cancellation);

    private async Task<List<ReplicationTaskView>> ViewAsync(IReadOnlyList<ScheduledTask> tasks, CancellationToken cancellation)
    {
        var built = await views.BuildAsync(tasks, cancellation);
        return [.. built.Zip(tasks, (view, task) => new ReplicationTaskView(view, ReplicationTaskKind.Settings(task)))];
    }
}
