using System.Net;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Network;
using Futago.Engine.Replication;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>The steps of takeover, switch and clearing up, on the real parts: guard, volumes, targets. Each can be repeated.</summary>
/// <param name="order">What the guard is to hold.</param>
internal sealed class FailoverSteps(FailoverParts parts, FailoverConfiguration configuration, GuardOrder order, ILogger logger)
{
    private const int Announcements = 5;
    private static readonly TimeSpan AnnouncePause = TimeSpan.FromMilliseconds(200);

    /// <summary>Which announcements are still true.</summary>
    private int _announcement;

    /// <summary>A person's word: the next promotion takes what is there.</summary>
    public bool Force { get; set; }

    /// <summary>Who else has the virtual IPs.</summary>
    public AddressWatch Addresses { get; } = new(
        address => Neighbours.ProbeAsync(address.Nic, IPAddress.Parse(address.Address), CancellationToken.None), parts.Nics.Has, (conflict, found) => Report(parts, conflict, found), parts.Time, logger);

    private IReadOnlyList<HostedReplication?> Volumes => [.. configuration.Replications.Select(parts.Replications.TryGet)];

    /// <param name="mirror">As the decision saw it when it wanted the step.</param>
    /// <returns>Why it failed; null when it did not.</returns>
    public async Task<string?> RunAsync(RunStep step, MirrorSnapshot mirror, CancellationToken cancellation)
    {
        try
        {
            return step.Step switch
            {
                FailoverStep.BlockPort => await parts.Guard.OrderAsync(GuardOrderKind.Block, order, cancellation),
                FailoverStep.OpenPort => await parts.Guard.OrderAsync(GuardOrderKind.Open, order, cancellation),
                FailoverStep.AddVirtualIp => await AddVirtualIpAsync(cancellation),
                FailoverStep.RemoveVirtualIp => await RemoveVirtualIpAsync(cancellation),
                FailoverStep.Announce => Announce(),
                FailoverStep.Promote => await PromoteAsync(step, cancellation),
                FailoverStep.LoadReservations => await ForAllAsync(v => v.LoadLunAsync(cancellation)),
                FailoverStep.ReadyTargets => await ReadyTargetsAsync(),
                FailoverStep.GoAlone => await GoAloneAsync(mirror),
                FailoverStep.StopCommands => await ForAllAsync(v => Done(v.Hold)),
                FailoverStep.ResumeCommands => await ForAllAsync(v => Done(v.Resume)),
                FailoverStep.Drain => await ForAllAsync(v => DoneAsync(v.DrainAsync(cancellation))),
                FailoverStep.Flush => await ForAllAsync(v => v.FlushAsync(cancellation)),
                FailoverStep.Demote => await ForPresentAsync(v => DoneAsync(v.GiveRoleAsync(cancellation))),
                FailoverStep.EndSessions => EndSessions(),
                FailoverStep.OutdateVolumes => await ForAllAsync(v => v.OutdateAsync(step.Term, cancellation)),
                _ => $"there is no step {step.Step}",
            };
        }
        catch (OperationCanceledException)
        {
            return "it was not done in time";
        }
        catch (Exception e) when (e is IOException or Contracts.ProblemException or ObjectDisposedException)
        {
            return e.Message;
        }
    }

    /// <summary>The failover manager was started: what was served by configured roles is not any more.</summary>
    public async Task LeaveOffAsync(CancellationToken cancellation)
    {
        EndSessions();
        foreach (var volume in Volumes.OfType<HostedReplication>())
            volume.Wake();
        await ForPresentAsync(v => DoneAsync(v.GiveRoleAsync(cancellation)));
    }

    public string? EndSessions()
    {
        parts.Targets.EndSessionsOf(configuration.Targets);
        return null;
    }

    private async Task<string?> PromoteAsync(RunStep step, CancellationToken cancellation)
    {
        var force = Force && step.Alone;
        Force = false;
        return await ForAllAsync(v => v.TakeRoleAsync(step.Term, step.Alone, force, cancellation));
    }

    private async Task<string?> ReadyTargetsAsync()
    {
        var error = await ForAllAsync(v => Done(v.Open));
        await parts.Targets.ReconcileAsync();
        // Whoever is still connected from before does not come through a virtual IP.
        EndSessions();
        return error;
    }

    private async Task<string?> GoAloneAsync(MirrorSnapshot mirror)
    {
        foreach (var (id, view) in mirror.Views)
        {
            if (view.Link == MirrorLink.Down && !(parts.Replications.TryGet(id) is { } volume && await volume.GoOnAloneAsync(view.Connections)))
                return "the connection has changed meanwhile";
        }
        return null;
    }

    private async Task<string?> AddVirtualIpAsync(CancellationToken cancellation)
    {
        if (await parts.Guard.OrderAsync(GuardOrderKind.Add, order, cancellation) is { } error)
            return error;
        parts.Nics.Look();
        // Not waited for: an address that somebody else has is news, but the one that may serve is this node.
        Addresses.Start(order.Addresses);
        return null;
    }

    private async Task<string?> RemoveVirtualIpAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _announcement);
        Addresses.Stop();
        var error = await parts.Guard.OrderAsync(GuardOrderKind.Remove, order, cancellation);
        parts.Nics.Look();
        return error;
    }

    private string? Announce()
    {
        foreach (var address in order.Addresses)
            Neighbours.Announce(address.Nic, IPAddress.Parse(address.Address));
        var number = Interlocked.Increment(ref _announcement);
        _ = Task.Run(() => AnnounceAgainAsync(number), CancellationToken.None);
        return null;
    }

    private async Task AnnounceAgainAsync(int number)
    {
        try
        {
            for (var i = 1; i < Announcements; i++)
            {
                await Task.Delay(AnnouncePause, parts.Time, CancellationToken.None);
                if (Volatile.Read(ref _announcement) != number)
                    return;
                foreach (var address in order.Addresses)
                    Neighbours.Announce(address.Nic, IPAddress.Parse(address.Address));
            }
        }
        catch (IOException)
        {
            // The first one counts; these are for switches that missed it.
        }
    }

    private static void Report(FailoverParts parts, AddressConflict conflict, bool found)
    {
        if (found)
            parts.Journal.Append(
                EventSeverity.Error, EventCodes.FailoverAddressConflict, conflict.Address,
                $"Somebody else in the network of {conflict.Nic} has the virtual IP {conflict.Address} too: {conflict.Mac}.", ("address", conflict.Address), ("mac", conflict.Mac));
        else
            parts.Journal.Append(
                EventSeverity.Info, EventCodes.FailoverAddressConflictEnded, conflict.Address,
                $"Nobody else has the virtual IP {conflict.Address} any more; it was {conflict.Mac}.", ("address", conflict.Address), ("mac", conflict.Mac));
    }

    /// <summary>All volumes at once. One that is missing fails the step.</summary>
    private async Task<string?> ForAllAsync(Func<HostedReplication, Task<string?>> work) =>
        (await Task.WhenAll(Volumes.Select(v => v is null ? Task.FromResult<string?>("a volume replication is not there") : work(v)))).FirstOrDefault(e => e is not null);

    private async Task<string?> ForPresentAsync(Func<HostedReplication, Task<string?>> work) =>
        (await Task.WhenAll(Volumes.OfType<HostedReplication>().Select(work))).FirstOrDefault(e => e is not null);

    private static Task<string?> Done(Action work)
    {
        work();
        return Task.FromResult<string?>(null);
    }

    private static async Task<string?> DoneAsync(Task work)
    {
        await work;
        return null;
    }
}
