using Futago.Blocks;

namespace Futago.Testing.Blocks;

/// <summary>Passes everything through to another device, which it owns; what a test wants different is overridden.</summary>
public abstract class BlockDeviceDecorator(IBlockDevice inner) : IBlockDevice
{
    public event Action? Grown
    {
        add => Inner.Grown += value;
        remove => Inner.Grown -= value;
    }

    public virtual long LengthBytes => Inner.LengthBytes;

    public int AlignmentBytes => Inner.AlignmentBytes;

    public int UnmapGranularityBytes => Inner.UnmapGranularityBytes;

    protected IBlockDevice Inner { get; } = inner;

    public abstract void Submit(BlockRequest request);

    public virtual long GetAllocation(long offsetBytes, out bool allocated) => Inner.GetAllocation(offsetBytes, out allocated);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Inner.DisposeAsync();
    }
}
