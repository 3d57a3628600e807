using Futago.Console.Client.Failover;
using Futago.Console.Client.Targets;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Node;
using Futago.Management.Pairing;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Failover;

/// <summary>
/// Makes volumes for a failover on both nodes, with their volume replication tasks and the LUNs of a target: by the same use cases
/// as their own pages. Every step can be repeated. Of what a failed try has made, only a volume is removed that nothing came to
/// refer to; all the rest is found again by the next try.
/// </summary>
public sealed class NewVolumes(
    IConfigurationStore store, EngineClient engine, PeerReplicationCalls peers, IVolumeManager volumes, IVolumeReplications replications, ITargets targets, FailoverProgress progress)
{
    public FailoverPlan Progress => progress.Plan;

    public void Forget() => progress.Forget();

    internal async Task<IReadOnlyList<NewVolume>> CheckAsync(
        IReadOnlyList<NewFailoverVolume> wanted, NodeConfiguration configuration, Peer peer, FailoverSettings settings, CancellationToken cancellation)
    {
        if (FailoverRules.SourceHere(settings, configuration) == false)
            throw FailoverProblems.SourcesMixed();
        var groups = await engine.ListGroupsAsync(cancellation);
        var present = await engine.ListVolumesAsync(cancellation);
        var offer = await peers.AskAsync(peer, PeerReplicationCalls.Short, (console, token) => console.BrowseAsync(ByteSize.MiB, VolumeType.Iscsi, token), cancellation);
        if (offer.Version != PeerReplicationProtocol.Version)
            throw VolumeReplicationProblems.OtherVersion(peer.Name);
        return NewVolumeRules.Check(wanted, configuration, [.. TargetDefinitions.VolumesOf(configuration, settings.Replications).Keys], groups, present, offer, peer.Name);
    }

    /// <summary>The steps in their order; those that an earlier try has done are done.</summary>
    internal static IReadOnlyList<FailoverPlanStep> Plan(IReadOnlyList<NewVolume> wanted, NodeConfiguration configuration, string peer) =>
        [.. Steps(wanted).Select(s => s.Describe(configuration, peer)), NewVolumeStep.Failover(peer)];

    /// <summary>Carries out all steps but the last, and the last by <paramref name="finish"/>. To the end, also when nobody waits any more.</summary>
    internal async Task<T> RunAsync<T>(IReadOnlyList<NewVolume> wanted, string peer, Func<Task<T>> finish)
    {
        var steps = Steps(wanted);
        progress.Begin(Plan(wanted, await store.ReadAsync(), peer));
        var at = 0;
        try
        {
            for (; at < steps.Count; at++)
            {
                progress.Set(at, FailoverStepState.Running);
                await DoAsync(steps[at]);
                progress.Set(at, FailoverStepState.Done);
            }
            progress.Set(at, FailoverStepState.Running);
            var result = await finish();
            progress.Set(at, FailoverStepState.Done);
            return result;
        }
        catch (ProblemException e)
        {
            progress.Set(at, FailoverStepState.Failed);
            throw await StoppedAsync(e, steps, at);
        }
        catch
        {
            progress.Set(at, FailoverStepState.Failed);
            throw;
        }
        finally
        {
            progress.End();
        }
    }

    private static IReadOnlyList<NewVolumeStep> Steps(IReadOnlyList<NewVolume> wanted) =>
    [
        .. wanted.SelectMany(v => new NewVolumeStep[] { new(FailoverPlanKind.Volume, v), new(FailoverPlanKind.VolumeReplication, v) }),
        .. from target in wanted.GroupBy(v => v.Target, StringComparer.Ordinal)
           from step in target.Select(v => new NewVolumeStep(FailoverPlanKind.Lun, v))
               .Prepend(new NewVolumeStep(FailoverPlanKind.Target, target.First()))
               .Concat(target.Where(v => v.Allow is not null).DistinctBy(v => v.Allow).Select(v => new NewVolumeStep(FailoverPlanKind.AccessRule, v)))
               .Append(new NewVolumeStep(FailoverPlanKind.TargetStart, target.First()))
           select step,
    ];

    private async Task DoAsync(NewVolumeStep step)
    {
        var configuration = await store.ReadAsync();
        if (step.IsDone(configuration))
            return;
        var v = step.Volume;
        switch (step.Kind)
        {
            case FailoverPlanKind.Volume:
                await volumes.CreateVolumeAsync(v.Group, new CreateVolumeRequest(v.Name, VolumeType.Iscsi, v.SizeBytes, v.Thin));
                break;
            case FailoverPlanKind.VolumeReplication:
                if (NewVolumeStep.TaskOf(v, configuration) is not { Agreed: true })
                    await replications.CreateAsync(new CreateVolumeReplication(v.Task, v.Path, v.PeerPath, CreateDestination: true));
                await replications.StartAsync(v.Task);
                break;
            case FailoverPlanKind.Target:
                await targets.CreateAsync(new CreateTargetRequest(v.Target));
                break;
            case FailoverPlanKind.Lun:
                await targets.AddLunAsync(v.Target, new AddLunRequest(v.Path, v.Lun));
                break;
            case FailoverPlanKind.AccessRule:
                await targets.AllowAsync(v.Target, new AllowRequest(v.Allow));
                break;
            case FailoverPlanKind.TargetStart:
                await targets.StartAsync(v.Target);
                break;
        }
    }

    private async Task<ProblemException> StoppedAsync(ProblemException reason, IReadOnlyList<NewVolumeStep> steps, int at)
    {
        var plan = progress.Plan;
        // The volume was made for a task that has not come to be: without it, nothing tells that it is this form's.
        if (steps.ElementAtOrDefault(at) is { Kind: FailoverPlanKind.VolumeReplication, Volume: var volume } && await RemoveUnusedAsync(volume))
        {
            progress.Set(at - 1, FailoverStepState.Waiting);
            plan = progress.Plan;
        }
        var there = string.Join("; ", plan.Steps.Where(s => s.State == FailoverStepState.Done).Select(s => s.Text));
        return new ProblemException(reason.Problem with
        {
            Detail = $"{reason.Problem.Detail} The step that failed: {plan.Steps[at].Text}. There already: {(there.Length == 0 ? "nothing" : there)}. Mend it and ask for the same again: it goes on from there.",
        }, reason.Status);
    }

    private async Task<bool> RemoveUnusedAsync(NewVolume volume)
    {
        try
        {
            if (volume.Begun is not null || NewVolumeStep.TaskOf(volume, await store.ReadAsync()) is not null)
                return false;
            await volumes.DeleteVolumeAsync(volume.Path, volume.Name);
            return true;
        }
        catch (ProblemException)
        {
            // It stays, and the plan says that it is there.
            return false;
        }
    }
}
