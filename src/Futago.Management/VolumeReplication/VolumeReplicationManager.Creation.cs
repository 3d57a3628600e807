using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Node;

namespace Futago.Management.VolumeReplication;

public sealed partial class VolumeReplicationManager
{
    public async Task<DestinationOffer> BrowseAsync(string source, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        var configuration = await store.ReadAsync(cancellation);
        var peer = PeerReplicationCalls.PeerOf(configuration);
        var volume = await FindSourceAsync(source, cancellation);
        var offer = await peers.AskAsync(peer, PeerReplicationCalls.Short, (console, token) => console.BrowseAsync(volume.SizeBytes, volume.Type, token), cancellation);
        return new DestinationOffer(
            peer.Name,
            // Those that were made for it first.
            [
                .. offer.Volumes.OrderByDescending(v => v.Mode == VolumeReplicationMode.Destination).ThenBy(v => v.Path, StringComparer.Ordinal)
                    .Select(v => new DestinationVolume(v.Path, v.SizeBytes, v.Thin, v.Problem, v.Mode)),
            ],
            [
                .. from g in offer.Groups.OrderBy(g => g.Name, StringComparer.Ordinal)
                   let fits = volume.Thin || g.FreeBytes >= volume.SizeBytes
                   select new DestinationGroup(g.Name, g.FreeBytes, NextVolume(g, volume), fits ? null : new Problem(
                       ProblemCodes.SizeTooLarge, $"The group {g.Name} has {ByteSize.Format(g.FreeBytes)} free, the volume needs {ByteSize.Format(volume.SizeBytes)}.", "destination",
                       new Dictionary<string, string> { ["maximum"] = ByteSize.Format(g.FreeBytes) })),
            ]);
    }

    public async Task<VolumeReplicationView> CreateAsync(CreateVolumeReplication request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var name = VolumeReplicationRules.CheckName(request.Name);
        var limit = VolumeReplicationRules.CheckLimit(request.ResyncLimitBytesPerSecond);
        var (group, destinationName) = VolumeReplicationRules.CheckPath(request.Destination, "destination");
        var destination = $"{group}/{destinationName}";
        var configuration = await store.ReadAsync(cancellation);
        var peer = PeerReplicationCalls.PeerOf(configuration);
        var source = await FindSourceAsync(request.Source, cancellation);
        CheckNew(configuration, name, source, destination);
        await CheckSharesAsync(source, cancellation);
        // Before anything is stored: is it there, does it understand, and has it what is wanted?
        var offer = await peers.AskAsync(peer, PeerReplicationCalls.Short, (console, token) => console.BrowseAsync(source.SizeBytes, source.Type, token), cancellation);
        if (offer.Version != PeerReplicationProtocol.Version)
            throw VolumeReplicationProblems.OtherVersion(peer.Name);

        var task = await BeginAsync(actor, name, source, destination, limit, cancellation);
        PeerReplicationAgreement agreement;
        try
        {
            agreement = await peers.AskAsync(peer, PeerReplicationCalls.Long, (console, token) => console.ProposeAsync(task.Id, new PeerReplicationProposal(
                PeerReplicationProtocol.Version, name, source.Id, source.Path, source.SizeBytes, source.Type, source.Thin, source.IoType,
                destination, request.CreateDestination, request.Overwrite, limit), token), cancellation);
        }
        catch (ProblemException e) when (PeerReplicationCalls.IsRefusal(e))
        {
            await WithdrawAsync(actor, task.Id, e);
            throw;
        }
        await AgreeAsync(actor, task.Id, source, agreement);
        return await ViewAsync(name, cancellation);
    }

    private async Task<VolumeInfo> FindSourceAsync(string? path, CancellationToken cancellation)
    {
        var (group, name) = VolumeReplicationRules.CheckPath(path, "source");
        var volume = (await engine.ListVolumesAsync(cancellation)).FirstOrDefault(v => v.Group == group && v.Name == name)
            ?? throw VolumeReplicationProblems.VolumeNotFound($"{group}/{name}", "source");
        VolumeReplicationRules.CheckKind(volume, "source");
        VolumeReplicationRules.CheckMayBeSource(volume, "source");
        return volume;
    }

    /// <summary>The file system of a NAS volume is unmounted for a moment when it is to be mounted through the mirror.</summary>
    private async Task CheckSharesAsync(VolumeInfo source, CancellationToken cancellation)
    {
        if (source.Type != VolumeType.Nas)
            return;
        var shares = (await engine.ListSharesAsync(cancellation)).Where(s => s.VolumeId == source.Id && s.Snapshot is null).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        if (shares.Count == 0)
            return;
        var users = (await engine.ListShareConnectionsAsync(cancellation)).Where(c => shares.Contains(c.Share)).Select(c => $"{c.User} ({c.Address}, {c.Share})").Take(5).ToList();
        if (users.Count > 0)
            throw VolumeReplicationProblems.InUse(source.Path, string.Join("; ", users), "source");
    }

    /// <returns>The task whose creation was cut off and goes on now; null for a new one.</returns>
    private static VolumeReplicationTask? CheckNew(NodeConfiguration configuration, string name, VolumeInfo source, string destination)
    {
        if (configuration.VolumeReplications.Find(t => t.Name == name) is { } present)
        {
            if (present.Agreed || present.Reverse)
                throw VolumeReplicationProblems.NameTaken(name);
            return present.VolumeId == source.Id && present.PeerVolume == destination ? present : throw VolumeReplicationProblems.Unfinished(name);
        }
        VolumeReplicationRules.CheckFree(configuration, source.Id, source.Path, "source");
        return null;
    }

    // The task is in the database before the peer hears of it, so that a call that is cut off leaves something to go on with.
    private async Task<VolumeReplicationTask> BeginAsync(Actor actor, string name, VolumeInfo source, string destination, long? limit, CancellationToken cancellation)
    {
        VolumeReplicationTask? task = null;
        await store.ChangeAsync(c =>
        {
            task = CheckNew(c, name, source, destination);
            if (task is not null)
                return null;
            task = new VolumeReplicationTask
            {
                Id = Guid.NewGuid(),
                Name = name,
                Reverse = false,
                VolumeId = source.Id,
                Volume = source.Path,
                SizeBytes = source.SizeBytes,
                PeerVolume = destination,
                PeerTask = VolumeReplicationRules.ReverseOf(name),
                Role = ReplicationRole.Source,
                ResyncLimitBytesPerSecond = limit,
                CreatedAt = time.GetUtcNow(),
            };
            c.VolumeReplications.Add(task);
            return half.Entry(c, actor, ConsoleEventCodes.VolumeReplicationBegun, name, $"The volume replication task {name} is being agreed with the peer: {source.Path} to {destination}.");
        }, cancellation);
        return task!;
    }

    private async Task WithdrawAsync(Actor actor, Guid id, ProblemException reason) => await store.ChangeAsync(c =>
    {
        if (c.VolumeReplications.Find(t => t.Id == id) is not { Agreed: false } task)
            return null;
        c.VolumeReplications.Remove(task);
        return half.Entry(c, actor, ConsoleEventCodes.VolumeReplicationWithdrawn, task.Name,
            $"The volume replication task {task.Name} was not created: {reason.Message}", ("reason", reason.Message));
    }, CancellationToken.None);

    private async Task AgreeAsync(Actor actor, Guid id, VolumeInfo source, PeerReplicationAgreement agreement)
    {
        var changed = await store.ChangeAsync(c =>
        {
            var task = ReplicationHalf.Find(c, id);
            if (task.Agreed)
                return null;
            task.PeerVolumeId = agreement.VolumeId;
            task.Agreed = true;
            return half.Entry(c, actor, ConsoleEventCodes.VolumeReplicationCreated, task.Name,
                $"The volume replication task {task.Name} was created: {source.Path} to {task.PeerVolume} of the peer.", ("source", source.Path), ("destination", task.PeerVolume));
        }, CancellationToken.None);
        await publisher.PublishAsync(changed.Revision, CancellationToken.None);
    }

    // The same name as here is what people look for; it is taken when it is free.
    private static string NextVolume(PeerDestinationGroup group, VolumeInfo source) =>
        $"{group.Name}/{(group.VolumeNames.Contains(source.Name) ? VolumeReplicationRules.NextVolumeName(group.VolumeNames) : source.Name)}";
}
