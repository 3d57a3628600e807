using Futago.Engine.CdRoms;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Status;

namespace Futago.Engine.Targets;

/// <summary>CD-ROM LUNs: drives that are always there, and discs that are files of NAS volumes.</summary>
internal sealed partial class TargetService
{
    /// <summary>Under the gate: the drives of a target, each with its disc if there is one.</summary>
    private async Task<List<CdRomDrive>> PrepareDrivesAsync(TargetConfiguration configuration, ServedTarget target, List<LunProblem> problems)
    {
        var drives = new List<CdRomDrive>(configuration.CdRoms.Count);
        foreach (var wanted in configuration.CdRoms)
        {
            var drive = target.Drives.FirstOrDefault(d => d.IsOf(wanted)) ?? new CdRomDrive(wanted.Lun, wanted.ScsiId, wanted.Serial, _logger);
            drives.Add(drive);
            if (await LoadAsync(drive, wanted) is { } problem)
                problems.Add(new LunProblem(configuration.Name, wanted.Lun, problem));
        }
        return drives;
    }

    private async Task<Problem?> LoadAsync(CdRomDrive drive, CdRomConfiguration wanted)
    {
        if (FindRoot(wanted, out var path, out var problem) is { } root)
            return await drive.LoadAsync(wanted, root, path);
        await drive.UnloadAsync();
        return problem;
    }

    private string? FindRoot(CdRomConfiguration wanted, out string path, out Problem? problem)
    {
        var volume = _catalogue!.FindUsable(wanted.VolumeId, out var name, out var reason);
        path = IsoPath.Format(name ?? "?", wanted.Image);
        reason ??= _catalogue.WhyLocked(wanted.VolumeId);
        problem = reason is null ? null : Mapping.ToProblem(reason);
        if (problem is not null)
            return null;
        var root = _catalogue.MountPointOf(wanted.VolumeId);
        if (root is null)
            problem = new Problem(
                ProblemCodes.VolumeNotMounted, $"The file system of {name} is not mounted.", null, new Dictionary<string, string> { ["volume"] = name! });
        return root;
    }

    private LunStatus ToStatus(TargetConfiguration target, CdRomConfiguration drive, Problem? problem)
    {
        FindRoot(drive, out var path, out var missing);
        problem ??= missing;
        var size = _served.TryGetValue(target.Name, out var served) ? served.Drives.FirstOrDefault(d => d.IsOf(drive))?.SizeBytes ?? 0 : 0;
        return new LunStatus(
            drive.Lun, "cd-rom", drive.ScsiId, drive.Serial, size, Scsi.CdRom.Disc.BlockBytes, target.Started && problem is null, Removable: true, ReadOnly: true, WriteBack: false,
            "ISO image", path, problem);
    }
}
