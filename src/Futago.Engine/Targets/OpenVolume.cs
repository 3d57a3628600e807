using Futago.Blocks;
using Futago.Blocks.Atomic;
using Futago.Engine.Replication;
using Futago.Engine.Sanitize;
using Futago.Scsi.Sanitize;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Targets;

/// <summary>A volume that is open for the data plane: the device that initiators' requests go through, and what is around it.</summary>
internal sealed class OpenVolume : IAsyncDisposable
{
    private readonly Func<VolumeFile?> _file;

    private OpenVolume(Func<VolumeFile?> file, IBlockDevice device, string directory, IReservationMirror? mirror)
    {
        _file = file;
        Device = device;
        Mirror = mirror;
        Journal = new AtomicWriteJournal(Path.Combine(directory, AtomicWriteJournal.FileName), device);
        Sanitize = mirror is null ? new SanitizeState(new SanitizeFile(directory)) : null;
    }

    public IBlockDevice Device { get; }

    public AtomicWriteJournal Journal { get; }

    /// <summary>Set for a replicated volume; its file is not this object's.</summary>
    public IReservationMirror? Mirror { get; }

    /// <summary>
    /// Whether the data is being destroyed: of the volume, whatever LUN it is. Null for a replicated one: the peer would not know of
    /// it, and would serve what is half destroyed.
    /// </summary>
    public SanitizeState? Sanitize { get; }

    /// <summary>A flush of the file failed: what it holds is not known any more, and nothing is acknowledged until it is opened anew (I11). False while it is not open.</summary>
    public bool HasFailed => _file()?.HasFailed == true;

    public bool HasIoErrors => _file()?.HasIoErrors == true;

    public bool LacksSpace => _file()?.LacksSpace == true;

    /// <summary>Opens what is not replicated.</summary>
    /// <exception cref="IOException">The data file cannot be opened, or a write that a crash interrupted cannot be finished.</exception>
    public static OpenVolume Open(LogicalVolume volume, VolumeFile file)
    {
        var opened = new OpenVolume(() => file, file.Device, Path.GetDirectoryName(volume.DataPath)!, mirror: null);
        try
        {
            opened.Journal.Replay();
            volume.AtomicWrites = opened.Journal;
            return opened;
        }
        catch
        {
            opened.Journal.Dispose();
            file.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>What a replicated volume is served through.</summary>
    /// <param name="file">The file under the mirror, while it is open.</param>
    public static OpenVolume OfReplication(IBlockDevice device, string directory, Func<VolumeFile?> file, IReservationMirror mirror) =>
        new(file, device, directory, mirror);

    public void SpaceIsBack() => _file()?.SpaceIsBack();

    public void GrowTo(long lengthBytes)
    {
        // Of a replicated volume the replication hears by itself.
        if (Mirror is null)
            _file()?.GrowTo(lengthBytes);
    }

    public async ValueTask DisposeAsync()
    {
        if (Mirror is not null)
            return;
        if (_file() is { } file)
            await file.DisposeAsync();
        Journal.Dispose();
    }
}
