using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;

namespace Futago.Management.Targets;

/// <summary>
/// The use cases of the target manager. Each change is validated and stored under the configuration's lock, then pushed to the
/// engine; with the engine away it stays stored and is pushed when the engine is back.
/// </summary>
public sealed partial class TargetManager(
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    EngineClient engine,
    TargetViews views,
    LiveRefresh live,
    ISecretProtector protector,
    ICurrentActor currentActor,
    AuditLog audit,
    HostIdentity host,
    TimeProvider time) : ITargets
{
    private const int AliasLengthMax = 255;

    public async Task<IReadOnlyList<TargetView>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var configuration = await store.ReadAsync(cancellation);
        return await views.BuildAsync(configuration.Targets.OrderBy(t => t.Name, StringComparer.Ordinal), cancellation);
    }

    public async Task<TargetView> GetAsync(string name, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await views.BuildAsync(Find(await store.ReadAsync(cancellation), name), cancellation);
    }

    public async Task<string> SuggestNameAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return DefaultTargetName.Next(await store.ReadAsync(cancellation), host, time);
    }

    public async Task<TargetView> CreateAsync(CreateTargetRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var wanted = string.IsNullOrWhiteSpace(request.Name) ? null : IscsiName.CheckTarget(request.Name);
        var alias = CheckAlias(request.Alias);
        Target? created = null;
        var configuration = await store.ChangeAsync(c =>
        {
            var name = wanted ?? DefaultTargetName.Next(c, host, time);
            if (c.Targets.Exists(t => t.Name == name))
                throw NameTaken(name);
            created = new Target { Name = name, Alias = alias, CreatedAt = time.GetUtcNow() };
            c.Targets.Add(created);
            return audit.Entry(actor, ConsoleEventCodes.TargetCreated, name, $"Target {name} was created.", after: Summary(created));
        }, cancellation);
        return await PublishedAsync(configuration, created!.Id, cancellation);
    }

    public async Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var configuration = await store.ChangeAsync(c =>
        {
            var target = Find(c, name);
            if (!string.Equals(confirm?.Trim(), target.Name, StringComparison.OrdinalIgnoreCase))
                throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"Type the name {target.Name} to confirm.", "confirm", ("name", target.Name));
            if (target.Started)
                throw ProblemException.Conflict(ProblemCodes.TargetStarted, $"The target {target.Name} is started. Stop it first.", null, ("target", target.Name));
            c.Targets.Remove(target);
            return audit.Entry(actor, ConsoleEventCodes.TargetDeleted, target.Name, $"Target {target.Name} was deleted.", before: Summary(target));
        }, cancellation);
        await publisher.PublishAsync(configuration.Revision, cancellation);
        await live.TargetsAsync(cancellation);
    }

    public Task<TargetView> StartAsync(string name, CancellationToken cancellation = default) => SetStartedAsync(name, true, cancellation);

    public Task<TargetView> StopAsync(string name, CancellationToken cancellation = default) => SetStartedAsync(name, false, cancellation);

    private Task<TargetView> SetStartedAsync(string name, bool started, CancellationToken cancellation) =>
        ChangeTargetAsync(name, UserRole.Operator, (actor, _, target) =>
        {
            if (target.Started == started)
                return null;
            target.Started = started;
            return started
                ? audit.Entry(actor, ConsoleEventCodes.TargetStarted, target.Name, $"Target {target.Name} was started.")
                : audit.Entry(actor, ConsoleEventCodes.TargetStopped, target.Name, $"Target {target.Name} was stopped.");
        }, cancellation);

    private async Task<TargetView> ChangeTargetAsync(
        string name, UserRole role, Func<Actor, NodeConfiguration, Target, EventEntry?> change, CancellationToken cancellation)
    {
        var actor = await currentActor.RequireAsync(role);
        Guid id = default;
        var configuration = await store.ChangeAsync(c =>
        {
            var target = Find(c, name);
            id = target.Id;
            return change(actor, c, target);
        }, cancellation);
        return await PublishedAsync(configuration, id, cancellation);
    }

    private async Task<TargetView> PublishedAsync(NodeConfiguration configuration, Guid id, CancellationToken cancellation)
    {
        await publisher.PublishAsync(configuration.Revision, cancellation);
        await live.TargetsAsync(cancellation);
        return await views.BuildAsync(configuration.Targets.Single(t => t.Id == id), cancellation);
    }

    private static Target Find(NodeConfiguration configuration, string name) =>
        configuration.Targets.Find(t => t.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
        ?? throw ProblemException.NotFound(ProblemCodes.TargetNotFound, $"There is no target {name.Trim()}.", ("target", name.Trim()));

    internal static ProblemException NameTaken(string name) =>
        ProblemException.Conflict(ProblemCodes.NameTaken, $"There is a target {name} already. Choose another name.", "name", ("name", name));

    private static string? CheckAlias(string? alias)
    {
        var trimmed = alias?.Trim();
        if (string.IsNullOrEmpty(trimmed))
            return null;
        if (trimmed.Length > AliasLengthMax || trimmed.Any(char.IsControl))
            throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"An alias has at most {AliasLengthMax} characters and no control characters.", "alias", ("name", "alias"));
        return trimmed;
    }

    // What the audit log shows of a target: no secret, not even an encrypted one.
    private static object Summary(Target target) => new
    {
        target.Name,
        target.Alias,
        target.Started,
        target.ChapUser,
        target.MutualUser,
        Luns = target.Luns.Select(l => new { l.Number, l.VolumeId, l.Image, l.ScsiId }),
        AccessRules = target.AccessRules.Select(r => r.Address ?? r.Initiator),
    };
}
