using Futago.Blocks;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Targets;

/// <summary>The open data file of a volume, and what went wrong with it.</summary>
internal sealed class VolumeFile : IAsyncDisposable
{
    /// <summary>A medium that does not finish a flush in this time is not waited for any longer.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(10);

    private readonly FileBlockDevice _file;
    private volatile bool _hasIoErrors;
    private volatile bool _lacksSpace;

    private VolumeFile(FileBlockDevice file, IBlockDevice device) => (_file, Device) = (file, device);

    public IBlockDevice Device { get; }

    /// <summary>A flush failed; what the medium holds is unknown (I11).</summary>
    public bool HasFailed => _file.HasFailed;

    /// <summary>The medium could not be read or written since the volume was opened.</summary>
    public bool HasIoErrors => _hasIoErrors;

    /// <summary>A write of a thin volume found no space, and none has been seen since.</summary>
    public bool LacksSpace => _lacksSpace;

    /// <param name="failed">Called once when a flush fails.</param>
    /// <param name="faulted">Called for the first read error, the first write error, and the first lack of space until <see cref="SpaceIsBack"/>.</param>
    /// <param name="makeRoom">Called when a write finds no space; true: try again.</param>
    /// <exception cref="IOException">The data file cannot be opened.</exception>
    public static VolumeFile Open(LogicalVolume volume, Action failed, Action<BlockStatus> faulted, Func<bool> makeRoom, ILogger logger)
    {
        var file = FileBlockDevice.Open(volume.DataPath, new FileBlockDeviceOptions
        {
            CacheMode = volume.IoType == IoType.File ? CacheMode.PageCache : CacheMode.Direct,
            ReadOnly = volume.ReadOnly,
            CommitLogPath = volume.CommitLogPath,
            MakeRoom = makeRoom,
            Logger = logger,
        });
        file.Failed += failed;
        var opened = new VolumeFile(file, volume.Guard(file));
        file.Faulted += status =>
        {
            opened._hasIoErrors |= status is BlockStatus.ReadError or BlockStatus.WriteError;
            opened._lacksSpace |= status == BlockStatus.NoSpace;
            faulted(status);
        };
        return opened;
    }

    public void SpaceIsBack()
    {
        _lacksSpace = false;
        _file.Settle(BlockStatus.NoSpace);
    }

    public void GrowTo(long lengthBytes) => _file.GrowTo(lengthBytes);

    /// <summary>What initiators wrote with write-back is put on the medium before the file is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_file.HasFailed)
        {
            try
            {
                await Device.RunAsync(BlockOperation.Flush, 0, 0).WaitAsync(FlushTimeout);
            }
            catch (TimeoutException)
            {
                // Closing waits for the system call anyway; if it never ends, the shutdown limit decides.
            }
        }
        await Device.DisposeAsync();
    }
}
