namespace Futago.Blocks;

/// <summary>Awaitable requests for the slow path. They allocate; the hot path reuses its own <see cref="BlockRequest"/> objects.</summary>
public static class BlockDeviceTasks
{
    /// <summary>Submits one request and gives its status; never throws for an I/O error.</summary>
    public static Task<BlockStatus> RunAsync(this IBlockDevice device, BlockOperation operation, long offsetBytes, long lengthBytes,
        BlockBuffer? buffer = null, bool durable = false, int bufferOffset = 0)
    {
        var request = new AwaitedRequest
        {
            Operation = operation,
            OffsetBytes = offsetBytes,
            LengthBytes = lengthBytes,
            Buffer = buffer,
            BufferOffset = bufferOffset,
            Durable = durable,
        };
        device.Submit(request);
        return request.Completion;
    }

    /// <summary>Submits one <see cref="BlockOperation.Clone"/> and gives its status.</summary>
    public static Task<BlockStatus> CloneAsync(this IBlockDevice device, long offsetBytes, long lengthBytes, CloneableFile source, long sourceOffsetBytes)
    {
        var request = new AwaitedRequest
        {
            Operation = BlockOperation.Clone,
            OffsetBytes = offsetBytes,
            LengthBytes = lengthBytes,
            CloneSource = source,
            CloneSourceOffset = sourceOffsetBytes,
        };
        device.Submit(request);
        return request.Completion;
    }

    private sealed class AwaitedRequest : BlockRequest
    {
        // Never on the completing thread: it may be an I/O thread or hold up a connection.
        private readonly TaskCompletionSource<BlockStatus> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<BlockStatus> Completion => _completion.Task;

        public override void OnCompleted(BlockStatus status) => _completion.SetResult(status);
    }
}
