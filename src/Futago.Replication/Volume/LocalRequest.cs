using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>One operation of the core on the local device.</summary>
internal sealed class LocalRequest : BlockRequest
{
    private const int DigestBytes = 16;

    private readonly ReplicatedVolume _owner;
    private readonly LocalIo _io;
    private readonly Payload? _rented;
    private readonly long _startedAt;

    public LocalRequest(ReplicatedVolume owner, LocalIo io, Payload? rented, long startedAt)
    {
        (_owner, _io, _rented, _startedAt) = (owner, io, rented, startedAt);
        Operation = io.Kind switch
        {
            LocalIoKind.Write => BlockOperation.Write,
            LocalIoKind.Zero => BlockOperation.WriteZeroes,
            LocalIoKind.Unmap => BlockOperation.Unmap,
            LocalIoKind.Flush => BlockOperation.Flush,
            _ => BlockOperation.Read,
        };
        (OffsetBytes, LengthBytes, Durable) = (io.OffsetBytes, io.LengthBytes, io.Durable);
        if ((rented ?? io.Payload as Payload) is { } payload)
            (Buffer, BufferOffset) = (payload.Buffer, payload.Offset);
    }

    public override void OnCompleted(BlockStatus status)
    {
        var digests = ImmutableArray<byte>.Empty;
        Payload? result = _rented;
        if (_io.Kind == LocalIoKind.Digest)
        {
            if (status == BlockStatus.Ok)
                digests = Digest(_rented!);
            _rented!.Release();
            result = null;
        }
        _owner.OnLocalDone(_io, status, result, digests, _startedAt);
    }

    /// <summary>The first half of SHA-256, per block: nobody can make two blocks that pass for equal.</summary>
    private static ImmutableArray<byte> Digest(Payload payload)
    {
        var data = payload.Span;
        var digests = new byte[data.Length / DirtyMap.BlockBytes * DigestBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var block = 0; block * DirtyMap.BlockBytes < data.Length; block++)
        {
            SHA256.HashData(data.Slice(block * DirtyMap.BlockBytes, DirtyMap.BlockBytes), hash);
            hash[..DigestBytes].CopyTo(digests.AsSpan(block * DigestBytes));
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(digests);
    }
}
