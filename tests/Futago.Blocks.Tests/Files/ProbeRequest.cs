namespace Futago.Blocks.Tests.Files;

/// <summary>A request that remembers how it was completed.</summary>
internal sealed class ProbeRequest : BlockRequest
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public ProbeRequest(BlockOperation operation, long offset, long length, BlockBuffer? buffer)
    {
        Operation = operation;
        OffsetBytes = offset;
        LengthBytes = length;
        Buffer = buffer;
    }

    public BlockStatus? Status { get; private set; }

    public int Thread { get; private set; }

    public int CompletionCount => _count;

    public Task Completion => _completion.Task;

    public override void OnCompleted(BlockStatus status)
    {
        Interlocked.Increment(ref _count);
        Status = status;
        Thread = Environment.CurrentManagedThreadId;
        _completion.TrySetResult();
    }
}
