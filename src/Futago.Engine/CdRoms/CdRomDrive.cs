using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Scsi.CdRom;
using Futago.Scsi.LogicalUnits;

namespace Futago.Engine.CdRoms;

/// <summary>
/// A CD-ROM LUN of a started target. The drive stays while its number and its identity do; the disc in it comes and goes with the file.
/// Not thread-safe; the drive's own threads never come here.
/// </summary>
internal sealed class CdRomDrive(int lun, string scsiId, string serial, ILogger logger)
{
    private DiscImage? _disc;
    private CdRomConfiguration? _loaded;
    private ImageState? _settling;

    public LogicalUnit Unit { get; } = LogicalUnit.CreateCdRom(new CdRomOptions(lun, new LogicalUnitIdentity(scsiId, serial)), null);

    public long SizeBytes => _disc?.State.SizeBytes ?? 0;

    public bool IsOf(CdRomConfiguration configuration) => configuration.Lun == lun && configuration.ScsiId == scsiId && configuration.Serial == serial;

    /// <summary>
    /// Makes the disc in the drive the one that the configuration names, as it is now. A file that changes while it is served is taken out,
    /// and comes back when it has been the same for two looks.
    /// </summary>
    /// <param name="root">Where the file system is mounted.</param>
    /// <param name="path">For people: volume and file.</param>
    /// <returns>Why there is no disc; null when there is one.</returns>
    public async Task<Problem?> LoadAsync(CdRomConfiguration configuration, string root, string path)
    {
        if (_loaded is not null && (_loaded.VolumeId != configuration.VolumeId || _loaded.Image != configuration.Image))
            await UnloadAsync();
        if (_disc is not null || _settling is not null)
        {
            var now = DiscImage.Look(root, configuration.Image);
            if (_disc is not null && _disc.State == now)
                return null;
            var settled = _disc is null && now is not null && now == _settling;
            if (!settled && now is not null)
            {
                await UnloadAsync();
                (_loaded, _settling) = (configuration, now);
                return DiscImage.Refuse(ProblemCodes.IsoChanging, $"{path} is being changed; the disc comes back when that has ended.", path);
            }
        }
        await UnloadAsync();
        _disc = DiscImage.Open(root, configuration.Image, path, logger, out var problem);
        if (_disc is null)
            return problem;
        _loaded = configuration;
        await Unit.ChangeMediumAsync(_disc.Device);
        return null;
    }

    /// <summary>Takes the disc out and closes the file.</summary>
    public async Task UnloadAsync()
    {
        (_loaded, _settling) = (null, null);
        if (_disc is not { } disc)
            return;
        _disc = null;
        await Unit.ChangeMediumAsync(null);
        await disc.DisposeAsync();
    }

    /// <summary>Closes the file after the unit was taken from its target.</summary>
    public ValueTask CloseAsync()
    {
        var disc = _disc;
        (_disc, _loaded, _settling) = (null, null, null);
        return disc?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    public bool IsOn(IReadOnlyCollection<Guid> volumeIds) => _loaded is not null && volumeIds.Contains(_loaded.VolumeId);
}
