using Futago.Blocks;
using Futago.Volumes.Initialisation;
using Futago.Volumes.Snapshots;

namespace Futago.Volumes.LogicalVolumes;

/// <summary>
/// The device of a volume whose zero-initialisation may be under way and of which a snapshot may be taken: lets changing requests pass
/// the two gates. While neither happens that costs two volatile reads per request.
/// </summary>
/// <param name="initialisation">Null for a volume that is never initialised.</param>
internal sealed class GuardedDevice(IBlockDevice device, RangeGate? initialisation, SnapshotGate snapshots) : IBlockDevice, ICloneRange, IBlockSpace
{
    public long LengthBytes => device.LengthBytes;

    public int AlignmentBytes => device.AlignmentBytes;

    public int UnmapGranularityBytes => device.UnmapGranularityBytes;

    public CloneableFile? CloneableFile => (device as ICloneRange)?.CloneableFile;

    public BlockSpace? GetSpace() => (device as IBlockSpace)?.GetSpace();

    public event Action? Grown
    {
        add => device.Grown += value;
        remove => device.Grown -= value;
    }

    public void Submit(BlockRequest request)
    {
        if (request.Operation is BlockOperation.Read or BlockOperation.Flush)
            device.Submit(request);
        else if (!snapshots.TryHold(this, request))
            Pass(request);
    }

    /// <summary>Past the gate of snapshots: the request was held there, or need not be.</summary>
    public void Pass(BlockRequest request)
    {
        if (initialisation is null or { IsOpen: true })
            device.Submit(request);
        else
            initialisation.Submit(device, request);
    }

    public long GetAllocation(long offsetBytes, out bool allocated) => device.GetAllocation(offsetBytes, out allocated);

    public async ValueTask DisposeAsync()
    {
        snapshots.Abandon(this);
        initialisation?.Abandon(device);
        await device.DisposeAsync();
    }
}
