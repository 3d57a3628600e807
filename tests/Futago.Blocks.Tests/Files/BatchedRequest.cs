namespace Futago.Blocks.Tests.Files;

/// <summary>A durable write of 4 KiB that has something left to do when all of its group have ended.</summary>
internal sealed class BatchedRequest : BlockRequest
{
    private readonly BatchSink _sink;

    public BatchedRequest(BatchSink sink, long offset, BlockBuffer buffer)
    {
        _sink = sink;
        (Operation, OffsetBytes, LengthBytes, Buffer, Durable) = (BlockOperation.Write, offset, 4096, buffer, true);
    }

    public override void OnCompleted(BlockStatus status) => _sink.Complete();
}
