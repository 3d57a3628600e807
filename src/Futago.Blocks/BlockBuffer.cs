using System.Buffers;
using System.Runtime.CompilerServices;
using Futago.Blocks.Native;

namespace Futago.Blocks;

/// <summary>
/// Page-aligned native memory for payload. It does not move, so the kernel can be given its address, and its alignment suits
/// O_DIRECT. This is the one place where payload memory is addressed by pointer; everybody else sees spans.
/// Rent from <see cref="BlockBufferPool"/>, return exactly once.
/// </summary>
public sealed unsafe class BlockBuffer : MemoryManager<byte>
{
    public const int Alignment = 4096;

    private byte* _address;

    internal BlockBuffer(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
        _address = MemoryPages.Allocate((nuint)capacity);
    }

    /// <summary>Size in bytes.</summary>
    public int Capacity { get; }

    /// <summary>Address of the first byte, for system calls. The caller has checked its range with <see cref="Slice"/>.</summary>
    public nint Address => (nint)_address;

    public override Span<byte> GetSpan() => new(_address, _address is null ? 0 : Capacity);

    /// <summary>Bounds-checked view.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Slice(int offset, int length) => GetSpan().Slice(offset, length);

    /// <summary>
    /// The content is not needed any more: its memory goes back to the system until the buffer is written to again, which costs little more than
    /// renting another one. The buffer stays rented, and counted: for who must not find the budget used up when he needs it again.
    /// </summary>
    public void Forget()
    {
        if (_address is not null)
            MemoryPages.Forget(_address, (nuint)Capacity);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)Capacity);
        return new MemoryHandle(_address + elementIndex);
    }

    public override void Unpin()
    {
        // Native memory does not move.
    }

    protected override void Dispose(bool disposing)
    {
        if (_address is not null)
            MemoryPages.Free(_address, (nuint)Capacity);
        _address = null;
    }

    internal void Free() => Dispose(true);
}
