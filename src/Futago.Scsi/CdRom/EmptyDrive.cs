using Futago.Blocks;

namespace Futago.Scsi.CdRom;

/// <summary>Stands for the medium of a drive while there is none.</summary>
internal sealed class EmptyDrive : IBlockDevice
{
    private EmptyDrive()
    {
    }

    public event Action? Grown
    {
        add { }
        remove { }
    }

    public static EmptyDrive Instance { get; } = new();

    public long LengthBytes => 0;

    public int AlignmentBytes => 1;

    public int UnmapGranularityBytes => 0;

    public void Submit(BlockRequest request) => request.OnCompleted(BlockStatus.Offline);

    public long GetAllocation(long offsetBytes, out bool allocated) => throw new ArgumentOutOfRangeException(nameof(offsetBytes));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
