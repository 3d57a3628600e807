using Futago.Console.Client.Node;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Management.Targets;

/// <summary>Puts together what is configured and what the engine reports.</summary>
public sealed class TargetViews(EngineClient engine, ILiveStatus live, TimeProvider time)
{
    private static readonly TimeSpan EngineTimeout = TimeSpan.FromSeconds(5);

    public async Task<TargetView> BuildAsync(Target target, CancellationToken cancellation) =>
        (await BuildAsync([target], cancellation))[0];

    public async Task<IReadOnlyList<TargetView>> BuildAsync(IEnumerable<Target> targets, CancellationToken cancellation)
    {
        // All at once: an engine that hangs is waited for once.
        var (statuses, volumes, snapshots) = (
            AskAsync(engine.ListTargetsAsync, cancellation), AskAsync(engine.ListVolumesAsync, cancellation), AskAsync(engine.ListSnapshotsAsync, cancellation));
        await Task.WhenAll(statuses, volumes, snapshots);
        // While the engine is away its last word about volumes is better than none: paths hardly ever change.
        var paths = (await volumes ?? live.Volumes).ToDictionary(v => v.Id, v => v.Path);
        foreach (var snapshot in await snapshots ?? live.Snapshots)
            paths.TryAdd(snapshot.Id, snapshot.Path);
        var statusById = (await statuses ?? []).ToDictionary(s => s.Id);
        return [.. targets.Select(t => View(t, statusById.GetValueOrDefault(t.Id), paths))];
    }

    private static TargetView View(Target target, TargetStatus? status, Dictionary<Guid, string> paths) => new(
        target.Id,
        target.Name,
        target.Alias,
        target.Started,
        target.CreatedAt,
        [.. target.Luns.OrderBy(l => l.Number).Select(l => new LunView(
            l.Number, l.VolumeId, paths.GetValueOrDefault(l.VolumeId), l.ScsiId, l.Serial, l.ReadOnly, l.WriteBack, l.BlockSize, l.Removable, l.Image))],
        [.. target.AccessRules.OrderBy(r => r.Id).Select(r => new AccessRuleView(r.Id, r.Address, r.Initiator))],
        target.ChapUser,
        target.MutualUser,
        status);

    // An engine that does not answer must not keep an administrator from seeing the configuration.
    private async Task<IReadOnlyList<T>?> AskAsync<T>(Func<CancellationToken, Task<IReadOnlyList<T>>> ask, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(EngineTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await ask(both.Token);
        }
        catch (ProblemException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
