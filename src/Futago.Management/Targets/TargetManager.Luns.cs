using Futago.Console.Client.Events;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Failover;
using Futago.Management.Node;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Targets;

public sealed partial class TargetManager
{
    private const int LunMax = 255;

    public async Task<TargetView> AddLunAsync(string name, AddLunRequest request, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        if (request.Lun is { } wanted)
            CheckNumber(wanted);
        if (request.BlockSize is not (512 or 4096))
            throw ProblemException.Invalid(ProblemCodes.LunBlockSizeInvalid, "The block size is 512 or 4096 bytes.", "blockSize", ("blockSize", $"{request.BlockSize}"));
        var scsiId = string.IsNullOrWhiteSpace(request.ScsiId) ? null : ScsiIdentity.Check(request.ScsiId);
        if ((request.Iso is null) == (request.Volume is null))
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "A LUN is either a volume or an ISO image.", "volume");
        if (request.Iso is not null)
            return await AddCdRomAsync(name, request, scsiId, cancellation);
        var volume = await FindSourceAsync(request.Volume!, cancellation);

        return await ChangeTargetAsync(name, UserRole.Administrator, (actor, configuration, target) =>
        {
            CheckVolumeFree(configuration, volume);
            VolumeReplicationRules.CheckNotDestination(configuration, volume.Id, volume.Path, volume.Mode, "volume");
            if (request.Lun is { } number)
                CheckNumberFree(target, number);
            else
                number = LowestFreeNumber(target);
            if (scsiId is not null)
                CheckScsiIdFree(configuration, scsiId);
            var lun = new Lun
            {
                Number = number,
                VolumeId = volume.Id,
                ScsiId = scsiId ?? ScsiIdentity.Create(),
                // Nobody writes to a snapshot.
                ReadOnly = request.ReadOnly || volume.ReadOnly,
                WriteBack = request.WriteBack,
                BlockSize = request.BlockSize,
                Removable = request.Removable,
            };
            target.Luns.Add(lun);
            FailoverGuard.CheckWhole(configuration);
            return audit.Entry(actor, ConsoleEventCodes.LunAdded, target.Name,
                $"Volume {volume.Path} became LUN {number} of target {target.Name}.", after: Summary(lun),
                args: [("volume", volume.Path), ("lun", $"{number}")]);
        }, cancellation);
    }

    public async Task<TargetView> UpdateLunAsync(string name, int lun, UpdateLunRequest request, CancellationToken cancellation = default)
    {
        if (request.Lun is { } wanted)
            CheckNumber(wanted);
        var scsiId = string.IsNullOrWhiteSpace(request.ScsiId) ? null : ScsiIdentity.Check(request.ScsiId);
        await currentActor.RequireAsync(UserRole.Administrator);
        var disc = request.Iso is null ? null : await FindDiscAsync(request.Iso, cancellation);
        return await ChangeTargetAsync(name, UserRole.Administrator, (actor, configuration, target) =>
        {
            var entity = FindLun(target, lun);
            CheckSettings(entity, request);
            var before = Summary(entity);
            if (disc is not null)
                (entity.VolumeId, entity.Image) = (disc.VolumeId, disc.Image);
            if (request.Lun is { } number && number != entity.Number)
            {
                CheckNumberFree(target, number);
                entity.Number = number;
            }
            if (scsiId is not null && scsiId != entity.ScsiId)
            {
                CheckScsiIdFree(configuration, scsiId);
                entity.ScsiId = scsiId;
            }
            entity.ReadOnly = request.ReadOnly ?? entity.ReadOnly;
            entity.WriteBack = request.WriteBack ?? entity.WriteBack;
            entity.Removable = request.Removable ?? entity.Removable;
            var after = Summary(entity);
            return after == before
                ? null
                : audit.Entry(actor, ConsoleEventCodes.LunChanged, target.Name, $"LUN {lun} of target {target.Name} was changed.", before, after, ("lun", $"{lun}"));
        }, cancellation);
    }

    public Task<TargetView> RemoveLunAsync(string name, int lun, CancellationToken cancellation = default) =>
        ChangeTargetAsync(name, UserRole.Administrator, (actor, _, target) =>
        {
            var entity = FindLun(target, lun);
            target.Luns.Remove(entity);
            return audit.Entry(actor, ConsoleEventCodes.LunRemoved, target.Name, $"LUN {lun} was removed from target {target.Name}.", before: Summary(entity), args: ("lun", $"{lun}"));
        }, cancellation);

    private async Task<LunSource> FindSourceAsync(string path, CancellationToken cancellation)
    {
        if (!SnapshotPath.TryParse(path?.Trim(), out var wanted))
        {
            var volume = await FindVolumeAsync(path!, cancellation);
            return new LunSource(volume.Id, volume.Path, ReadOnly: false, volume.ReplicationMode);
        }
        var snapshot = (await engine.ListSnapshotsAsync(cancellation)).FirstOrDefault(s => s.Path == wanted.ToString())
            ?? throw new ProblemException(new Problem(ProblemCodes.SnapshotNotFound, $"There is no snapshot {wanted}.", "volume",
                new Dictionary<string, string> { ["snapshot"] = wanted.ToString() }), 404);
        return new LunSource(snapshot.Id, snapshot.Path, ReadOnly: true, VolumeReplicationMode.None);
    }

    private async Task<VolumeInfo> FindVolumeAsync(string path, CancellationToken cancellation)
    {
        var volumes = await engine.ListVolumesAsync(cancellation);
        var volume = volumes.FirstOrDefault(v => v.Path == path?.Trim())
            ?? throw new ProblemException(new Problem(ProblemCodes.VolumeNotFound, $"There is no volume {path}.", "volume",
                new Dictionary<string, string> { ["volume"] = path ?? "" }), 404);
        if (volume.Type != VolumeType.Iscsi)
            throw ProblemException.Invalid(ProblemCodes.VolumeTypeUnsupported, $"The volume {path} is not an iSCSI volume, so it cannot be a LUN.", "volume", ("volume", volume.Path));
        return volume;
    }

    private static void CheckVolumeFree(NodeConfiguration configuration, LunSource volume)
    {
        foreach (var target in configuration.Targets)
        {
            if (target.Luns.Find(l => l.VolumeId == volume.Id && l.Image is null) is { } taken)
                throw ProblemException.Conflict(ProblemCodes.LunVolumeTaken,
                    $"The volume {volume.Path} is LUN {taken.Number} of target {target.Name} already. Two targets on one volume would destroy its file system.",
                    "volume", ("volume", volume.Path), ("target", target.Name), ("lun", $"{taken.Number}"));
        }
    }

    private static void CheckScsiIdFree(NodeConfiguration configuration, string scsiId)
    {
        foreach (var target in configuration.Targets)
        {
            if (target.Luns.Find(l => l.ScsiId == scsiId) is { } taken)
                throw ProblemException.Conflict(ProblemCodes.LunScsiIdTaken,
                    $"The SCSI ID {scsiId} belongs to LUN {taken.Number} of target {target.Name}. Initiators would take both for one disk.",
                    "scsiId", ("scsiId", scsiId), ("target", target.Name), ("lun", $"{taken.Number}"));
        }
    }

    private static void CheckNumber(int number)
    {
        if (number is < 0 or > LunMax)
            throw ProblemException.Invalid(ProblemCodes.LunOutOfRange, $"A LUN number is 0 to {LunMax}.", "lun", ("lun", $"{number}"));
    }

    private static void CheckNumberFree(Target target, int number)
    {
        if (target.Luns.Exists(l => l.Number == number))
            throw ProblemException.Conflict(ProblemCodes.LunTaken, $"The target {target.Name} has a LUN {number} already. Choose another number.", "lun",
                ("lun", $"{number}"), ("target", target.Name));
    }

    private static int LowestFreeNumber(Target target)
    {
        var taken = target.Luns.Select(l => l.Number).ToHashSet();
        for (var number = 0; number <= LunMax; number++)
        {
            if (!taken.Contains(number))
                return number;
        }
        throw ProblemException.Conflict(ProblemCodes.LunTaken, $"The target {target.Name} has all {LunMax + 1} LUNs already.", "lun", ("target", target.Name), ("lun", $"{LunMax}"));
    }

    private static Lun FindLun(Target target, int number) =>
        target.Luns.Find(l => l.Number == number)
        ?? throw ProblemException.NotFound(ProblemCodes.LunNotFound, $"The target {target.Name} has no LUN {number}.", ("target", target.Name), ("lun", $"{number}"));

    private static LunSummary Summary(Lun lun) =>
        new(lun.Number, lun.VolumeId, lun.Image, lun.ScsiId, lun.ReadOnly, lun.WriteBack, lun.BlockSize, lun.Removable);

    /// <summary>The volume or snapshot that a LUN is.</summary>
    private sealed record LunSource(Guid Id, string Path, bool ReadOnly, VolumeReplicationMode Mode);

    private sealed record LunSummary(int Lun, Guid VolumeId, string? Image, string ScsiId, bool ReadOnly, bool WriteBack, int BlockSize, bool Removable);
}
