using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.Engine.Fuse;

/// <summary>
/// One place for a request of the kernel: memory for the largest one, and the request to the device that it becomes. There are a fixed
/// number of them, reused; while all are busy the kernel keeps what else it has.
/// </summary>
internal sealed unsafe class FuseRequest(FuseServer server, BlockBuffer data) : BlockRequest
{
    /// <summary>Everything before the data of a WRITE. What a shorter request has behind it goes on in <see cref="Data"/>.</summary>
    public const int HeadBytes = FuseWire.InHeaderBytes + FuseWire.WriteInBytes;

    private byte* _head = (byte*)NativeMemory.AlignedAlloc(HeadBytes, 64);

    public byte* Head => _head;

    public BlockBuffer Data { get; } = data;

    /// <summary>By which the kernel knows the request.</summary>
    public ulong Unique { get; set; }

    /// <summary>What a READ or WRITE wants: not always whole blocks.</summary>
    public long WantedOffset { get; set; }

    /// <summary>Bytes; 0 for what has no data.</summary>
    public int WantedBytes { get; set; }

    public override void OnCompleted(BlockStatus status) => server.OnCompleted(this, status);

    public void Free()
    {
        NativeMemory.AlignedFree(_head);
        _head = null;
    }
}
