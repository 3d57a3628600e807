using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Failover;

namespace Futago.Management.Targets;

/// <summary>ISO images on NAS volumes as CD-ROMs. One image can be in many of them: nobody writes to it.</summary>
public sealed partial class TargetManager
{
    private const int CdRomBlockBytes = 2048;

    private async Task<TargetView> AddCdRomAsync(string name, AddLunRequest request, string? scsiId, CancellationToken cancellation)
    {
        if (request.WriteBack)
            throw IsCdRom("writeBack");
        var disc = await FindDiscAsync(request.Iso!, cancellation);
        return await ChangeTargetAsync(name, UserRole.Administrator, (actor, configuration, target) =>
        {
            if (request.Lun is { } number)
                CheckNumberFree(target, number);
            else
                number = LowestFreeNumber(target);
            if (scsiId is not null)
                CheckScsiIdFree(configuration, scsiId);
            var lun = new Lun
            {
                Number = number,
                VolumeId = disc.VolumeId,
                Image = disc.Image,
                ScsiId = scsiId ?? ScsiIdentity.Create(),
                ReadOnly = true,
                BlockSize = CdRomBlockBytes,
                Removable = true,
            };
            target.Luns.Add(lun);
            CheckStays(configuration, target);
            FailoverGuard.CheckWhole(configuration);
            return audit.Entry(actor, ConsoleEventCodes.LunAdded, target.Name,
                $"The ISO image {disc.Path} became the CD-ROM of LUN {number} of target {target.Name}.", after: Summary(lun),
                args: [("volume", disc.Path), ("lun", $"{number}")]);
        }, cancellation);
    }

    /// <summary>The other node of a pair has no such file: what is served there as well cannot have a CD-ROM.</summary>
    private static void CheckStays(Node.NodeConfiguration configuration, Target target)
    {
        if (target.Luns.Find(l => configuration.VolumeReplications.Exists(t => t.VolumeId == l.VolumeId)) is { } replicated)
            throw ProblemException.Conflict(ProblemCodes.LunIsCdRom,
                $"LUN {replicated.Number} of {target.Name} is on a replicated volume. An ISO image is not replicated, so a CD-ROM needs a target of its own.", "iso",
                ("target", target.Name), ("lun", $"{replicated.Number}"));
    }

    private static void CheckSettings(Lun lun, UpdateLunRequest request)
    {
        if (lun.Image is null && request.Iso is not null)
            throw ProblemException.Invalid(ProblemCodes.LunIsDisk, $"LUN {lun.Number} is a disk: its volume cannot be exchanged for an ISO image.", "iso", ("lun", $"{lun.Number}"));
        if (lun.Image is null)
            return;
        if (request.ReadOnly == false)
            throw IsCdRom("readOnly");
        if (request.WriteBack == true)
            throw IsCdRom("writeBack");
        if (request.Removable == false)
            throw IsCdRom("removable");
    }

    private async Task<DiscSource> FindDiscAsync(string text, CancellationToken cancellation)
    {
        if (!IsoPath.TryParse(text, out var path, out var image) || path.Split('/') is not [{ Length: > 0 } group, { Length: > 0 } volumeName])
            throw ProblemException.Invalid(
                ProblemCodes.IsoPathInvalid, "An ISO image is named by its NAS volume and its path there, for example vg00/nas0:/iso/debian.iso.", "iso");
        var volume = (await engine.ListVolumesAsync(cancellation)).FirstOrDefault(v => v.Path == path)
            ?? throw new ProblemException(new Problem(ProblemCodes.VolumeNotFound, $"There is no volume {path}.", "iso", new Dictionary<string, string> { ["volume"] = path }), 404);
        if (volume.Type != VolumeType.Nas)
            throw ProblemException.Invalid(ProblemCodes.VolumeNotNas, $"Volume {path} is not a NAS volume, so there are no files in it.", "iso", ("volume", path));
        // The engine looks at the file itself: it is the one that has to read it.
        await engine.CheckIsoImageAsync(group, volumeName, image, cancellation);
        return new DiscSource(volume.Id, image, IsoPath.Format(path, image));
    }

    private static ProblemException IsCdRom(string field) =>
        ProblemException.Invalid(ProblemCodes.LunIsCdRom, "A CD-ROM is always read-only and removable, and never written to.", field);

    private sealed record DiscSource(Guid VolumeId, string Image, string Path);
}
