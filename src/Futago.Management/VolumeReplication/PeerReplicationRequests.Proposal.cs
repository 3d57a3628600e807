using Futago.Console.Client.Events;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Node;
using Futago.Management.Pairing;

namespace Futago.Management.VolumeReplication;

public sealed partial class PeerReplicationRequests
{
    /// <summary>
    /// Makes the reverse task, with its volume if that is asked for. A task that stands in the database without a volume marks a
    /// volume that is being created: should this console be killed in between, the next try finds the mark and goes on from there.
    /// </summary>
    public Task<PeerReplicationAgreement> ProposeAsync(Guid id, PeerReplicationProposal proposal) => GuardedAsync(proposal.Version, async () =>
    {
        var name = VolumeReplicationRules.ReverseOf(VolumeReplicationRules.CheckName(proposal.Task));
        var limit = VolumeReplicationRules.CheckLimit(proposal.ResyncLimitBytesPerSecond);
        var (sourceGroup, sourceName) = VolumeReplicationRules.CheckPath(proposal.Volume, "volume");
        var (group, volumeName) = VolumeReplicationRules.CheckPath(proposal.Destination, "destination");
        var path = $"{group}/{volumeName}";
        if (id == Guid.Empty || proposal.VolumeId == Guid.Empty || proposal.SizeBytes <= 0)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The proposal of the peer is not complete.");
        if (proposal.Type is not (VolumeType.Iscsi or VolumeType.Nas))
            throw VolumeReplicationProblems.TypeUnsupported(proposal.Volume, proposal.Type, "source");

        var configuration = await store.ReadAsync();
        if (configuration.Peer is null)
            throw PairProblems.NotPaired();
        var present = configuration.VolumeReplications.Find(t => t.Id == id);
        if (present is not null && (present.PeerVolumeId != proposal.VolumeId || present.Volume != path || present.Name != name))
            throw VolumeReplicationProblems.NameTaken(present.Name, "id");
        if (present is { Agreed: true, VolumeId: { } agreed })
            return new PeerReplicationAgreement(present.Name, agreed, present.Volume);
        if (present is null && configuration.VolumeReplications.Exists(t => t.Name == name))
            throw VolumeReplicationProblems.NameTaken(name);

        var task = present ?? new VolumeReplicationTask
        {
            Id = id,
            Name = name,
            Reverse = true,
            Volume = path,
            SizeBytes = proposal.SizeBytes,
            PeerVolumeId = proposal.VolumeId,
            PeerVolume = $"{sourceGroup}/{sourceName}",
            PeerTask = proposal.Task,
            Role = ReplicationRole.Destination,
            ResyncLimitBytesPerSecond = limit,
            CreatedAt = time.GetUtcNow(),
        };
        var volume = proposal.Create
            ? await CreateVolumeAsync(configuration, task, marked: present is not null, proposal, group, volumeName)
            : await FindDestinationAsync(configuration, proposal, path);
        await AgreeAsync(task, volume);
        return new PeerReplicationAgreement(name, volume.Id, volume.Path);
    });

    private async Task<VolumeInfo> FindDestinationAsync(NodeConfiguration configuration, PeerReplicationProposal proposal, string path)
    {
        var volume = (await engine.ListVolumesAsync()).FirstOrDefault(v => v.Path == path) ?? throw VolumeReplicationProblems.VolumeNotFound(path, "destination");
        VolumeReplicationRules.CheckKind(volume, "destination");
        if (volume.Type != proposal.Type)
            throw VolumeReplicationProblems.TypeDiffers(proposal.Volume, path, "destination");
        if (volume.SizeBytes != proposal.SizeBytes)
            throw VolumeReplicationProblems.SizeMismatch(proposal.Volume, proposal.SizeBytes, path, volume.SizeBytes);
        VolumeReplicationRules.CheckFree(configuration, volume.Id, path, "destination");
        VolumeReplicationRules.CheckMayBeDestination(volume, "destination");
        VolumeReplicationRules.CheckUnused(configuration, volume, "destination");
        return string.Equals(proposal.Overwrite?.Trim(), path, StringComparison.Ordinal) ? volume : throw VolumeReplicationProblems.OverwriteNeeded(path);
    }

    private async Task<VolumeInfo> CreateVolumeAsync(
        NodeConfiguration configuration, VolumeReplicationTask task, bool marked, PeerReplicationProposal proposal, string group, string name)
    {
        if ((await engine.ListVolumesAsync()).FirstOrDefault(v => v.Path == task.Volume) is { } there)
        {
            // Made after the mark and as asked for: by the try before this one, which did not come to its end.
            if (marked && there.CreatedAt >= task.CreatedAt && (there.SizeBytes, there.Type, there.Thin) == (proposal.SizeBytes, proposal.Type, proposal.Thin))
            {
                VolumeReplicationRules.CheckUnused(configuration, there, "destination");
                return there;
            }
            throw VolumeReplicationProblems.DestinationExists(task.Volume);
        }
        if (!marked)
        {
            await store.ChangeAsync(c =>
            {
                CheckNameFree(c, task);
                c.VolumeReplications.Add(task);
                return half.Entry(c, null, ConsoleEventCodes.VolumeReplicationBegun, task.Name,
                    $"The peer wants the volume {task.Volume} of {ByteSize.Format(task.SizeBytes)} as destination; it is being created.");
            });
        }
        try
        {
            var volume = await engine.CreateVolumeAsync(group, new CreateVolumeRequest(name, proposal.Type, proposal.SizeBytes, proposal.Thin, proposal.IoType));
            await live.StorageAsync(CancellationToken.None);
            return volume;
        }
        catch (ProblemException e) when (e.Problem.Code != ProblemCodes.EngineUnreachable)
        {
            await WithdrawAsync(task.Id);
            throw new ProblemException(e.Problem with { Field = "destination" }, e.Status);
        }
    }

    private async Task WithdrawAsync(Guid id) => await store.ChangeAsync(c =>
    {
        var task = ReplicationHalf.Find(c, id);
        c.VolumeReplications.Remove(task);
        return half.Entry(c, null, ConsoleEventCodes.VolumeReplicationWithdrawn, task.Name, $"The destination {task.Volume} could not be created.");
    });

    private async Task AgreeAsync(VolumeReplicationTask task, VolumeInfo volume)
    {
        var configuration = await store.ChangeAsync(c =>
        {
            // Everything that the answer before depends on, again under the lock.
            if (c.Peer is null)
                throw PairProblems.NotPaired();
            VolumeReplicationRules.CheckFree(c, volume.Id, volume.Path, "destination");
            VolumeReplicationRules.CheckUnused(c, volume, "destination");
            var stored = c.VolumeReplications.Find(t => t.Id == task.Id);
            if (stored is null)
            {
                CheckNameFree(c, task);
                stored = task;
                c.VolumeReplications.Add(stored);
            }
            stored.VolumeId = volume.Id;
            stored.Agreed = true;
            return half.Entry(c, null, ConsoleEventCodes.VolumeReplicationCreated, stored.Name,
                $"The volume {stored.Volume} is the destination of {stored.PeerVolume} of the peer, in the volume replication task {stored.Name}.");
        });
        await publisher.PublishAsync(configuration.Revision);
    }

    private static void CheckNameFree(NodeConfiguration configuration, VolumeReplicationTask task)
    {
        if (configuration.VolumeReplications.Exists(t => t.Name == task.Name))
            throw VolumeReplicationProblems.NameTaken(task.Name);
    }
}
