using Futago.Blocks;

namespace Futago.Engine.Fuse;

/// <summary>Requests with data, and what they become on the device.</summary>
internal sealed partial class FuseServer
{
    /// <summary>The device has answered a request that this server gave it as it was.</summary>
    public void OnCompleted(FuseRequest request, BlockStatus status)
    {
        if (request.Operation is BlockOperation.Write or BlockOperation.Unmap or BlockOperation.WriteZeroes)
            Leave();
        Finish(request, status, request.Buffer);
    }

    private void HandleRead(FuseRequest request, ReadOnlySpan<byte> body)
    {
        var (offset, size) = (FuseWire.IoOffset(body), FuseWire.IoSize(body));
        var length = _device.LengthBytes;
        if (size > FuseWire.DataBytesMaximum || offset > long.MaxValue)
        {
            Answer(request, FuseSystem.EINVAL);
            return;
        }
        // At the end of the file there is less, or nothing.
        var bytes = (int)Math.Clamp(length - (long)offset, 0, size);
        if (bytes == 0)
        {
            Answer(request, 0);
            return;
        }
        (request.WantedOffset, request.WantedBytes) = ((long)offset, bytes);
        if (IsWhole((long)offset, bytes))
            Submit(request, BlockOperation.Read, (long)offset, bytes, request.Data);
        else
            _ = ReadOddAsync(request);
    }

    private unsafe void HandleWrite(FuseRequest request, int length)
    {
        var header = new ReadOnlySpan<byte>(request.Head, FuseWire.InHeaderBytes);
        if (length < FuseRequest.HeadBytes || !_initialised || FuseWire.Node(header) != FuseWire.FileNode)
        {
            Answer(request, FuseSystem.EINVAL);
            return;
        }
        var body = new ReadOnlySpan<byte>(request.Head + FuseWire.InHeaderBytes, FuseWire.WriteInBytes);
        var (offset, size) = (FuseWire.IoOffset(body), FuseWire.IoSize(body));
        if (size != length - FuseRequest.HeadBytes || size == 0)
        {
            Answer(request, FuseSystem.EINVAL);
            return;
        }
        if (!IsInside(offset, size))
        {
            Answer(request, FuseSystem.EFBIG);
            return;
        }
        (request.WantedOffset, request.WantedBytes) = ((long)offset, (int)size);
        (request.Operation, request.OffsetBytes, request.LengthBytes, request.Buffer) = (BlockOperation.Write, (long)offset, size, request.Data);
        Change(request);
    }

    private void HandleFallocate(FuseRequest request, ReadOnlySpan<byte> body)
    {
        var (offset, length, mode) = (FuseWire.IoOffset(body), FuseWire.FallocateLength(body), FuseWire.FallocateMode(body));
        BlockOperation? operation = mode switch
        {
            FuseWire.FALLOC_FL_PUNCH_HOLE | FuseWire.FALLOC_FL_KEEP_SIZE => BlockOperation.Unmap,
            FuseWire.FALLOC_FL_ZERO_RANGE or FuseWire.FALLOC_FL_ZERO_RANGE | FuseWire.FALLOC_FL_KEEP_SIZE => BlockOperation.WriteZeroes,
            // Space is the volume's business.
            _ => null,
        };
        if (operation is not { } wanted)
        {
            Answer(request, FuseSystem.EOPNOTSUPP);
            return;
        }
        if (length == 0 || !IsInside(offset, length) || !IsWhole((long)offset, (long)length))
        {
            Answer(request, FuseSystem.EINVAL);
            return;
        }
        (request.Operation, request.OffsetBytes, request.LengthBytes, request.Buffer) = (wanted, (long)offset, (long)length, null);
        Change(request);
    }

    private void Submit(FuseRequest request, BlockOperation operation, long offset, long bytes, BlockBuffer? buffer = null)
    {
        (request.Operation, request.OffsetBytes, request.LengthBytes, request.Buffer) = (operation, offset, bytes, buffer);
        (request.BufferOffset, request.Durable) = (0, false);
        _device.Submit(request);
    }

    private void Change(FuseRequest request)
    {
        if (_order.TryEnter(request, alone: !IsWhole(request.OffsetBytes, request.LengthBytes)))
            BeginChange(request);
    }

    private void BeginChange(FuseRequest request)
    {
        if (IsWhole(request.OffsetBytes, request.LengthBytes))
            Submit(request, request.Operation, request.OffsetBytes, request.LengthBytes, request.Buffer);
        else
            _ = WriteOddAsync(request);
    }

    private void Leave()
    {
        foreach (var next in _order.Leave())
            BeginChange(next);
    }

    /// <summary>Reads the blocks around it and answers with the piece that is wanted.</summary>
    private async Task ReadOddAsync(FuseRequest request)
    {
        if (_buffers.TryRent(OddBufferBytes) is not { } blocks)
        {
            Answer(request, FuseSystem.ENOMEM);
            return;
        }
        var (first, bytes) = BlocksAround(request);
        request.Operation = BlockOperation.Read;
        var status = await _device.RunAsync(BlockOperation.Read, first, bytes, blocks);
        if (status == BlockStatus.Ok)
            blocks.Slice((int)(request.WantedOffset - first), request.WantedBytes).CopyTo(request.Data.GetSpan());
        _buffers.Return(blocks);
        Finish(request, status, request.Data);
    }

    /// <summary>Reads the blocks around it, changes them and writes them. Nothing else is being written meanwhile.</summary>
    private async Task WriteOddAsync(FuseRequest request)
    {
        if (_buffers.TryRent(OddBufferBytes) is not { } blocks)
        {
            Leave();
            Answer(request, FuseSystem.ENOMEM);
            return;
        }
        var (first, bytes) = BlocksAround(request);
        var status = await _device.RunAsync(BlockOperation.Read, first, bytes, blocks);
        if (status == BlockStatus.Ok)
        {
            request.Data.Slice(0, request.WantedBytes).CopyTo(blocks.Slice((int)(request.WantedOffset - first), request.WantedBytes));
            status = await _device.RunAsync(BlockOperation.Write, first, bytes, blocks);
        }
        _buffers.Return(blocks);
        Leave();
        Finish(request, status, null);
    }

    private void Finish(FuseRequest request, BlockStatus status, BlockBuffer? data)
    {
        if (status != BlockStatus.Ok)
        {
            _hasFailed |= request.Operation != BlockOperation.Read && status is not (BlockStatus.NoSpace or BlockStatus.OutOfRange);
            Answer(request, ErrnoOf(status));
            return;
        }
        switch (request.Operation)
        {
            case BlockOperation.Read:
                Answer(request, 0, data!.Address, request.WantedBytes);
                break;
            case BlockOperation.Write:
                Span<byte> written = stackalloc byte[FuseWire.WriteOutBytes];
                FuseWire.WriteWriteOut(written, (uint)request.WantedBytes);
                Answer(request, written);
                break;
            default:
                Answer(request, 0);
                break;
        }
    }

    private bool IsInside(ulong offset, ulong bytes) => offset <= (ulong)_device.LengthBytes && bytes <= (ulong)_device.LengthBytes - offset;

    private bool IsWhole(long offset, long bytes) => (offset | bytes) % _device.AlignmentBytes == 0;

    private (long First, long Bytes) BlocksAround(FuseRequest request)
    {
        long alignment = _device.AlignmentBytes;
        var first = request.WantedOffset / alignment * alignment;
        return (first, (request.WantedOffset + request.WantedBytes + alignment - 1) / alignment * alignment - first);
    }

    private static int ErrnoOf(BlockStatus status) => status switch
    {
        BlockStatus.NoSpace => FuseSystem.ENOSPC,
        BlockStatus.ReadOnly => FuseSystem.EROFS,
        BlockStatus.OutOfRange => FuseSystem.EFBIG,
        BlockStatus.NotSupported => FuseSystem.EOPNOTSUPP,
        _ => FuseSystem.EIO,
    };
}
