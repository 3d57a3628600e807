namespace Futago.Blocks.Tests.Files;

/// <summary>Waits for the end of the batch that its requests end in.</summary>
internal sealed class BatchSink : ICompletionBatchEnd
{
    private int _completed;
    private int _deferred;

    /// <summary>True: every request ended within a batch.</summary>
    public TaskCompletionSource<bool> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Requests that had ended when the batch did.</summary>
    public int CompletedWhenEnded { get; private set; }

    public void Complete()
    {
        _completed++;
        if (!CompletionBatch.TryDefer(this))
            Ended.TrySetResult(false);
        _deferred++;
    }

    public void OnBatchEnded()
    {
        CompletedWhenEnded = _completed;
        if (--_deferred == 0)
            Ended.TrySetResult(true);
    }
}
