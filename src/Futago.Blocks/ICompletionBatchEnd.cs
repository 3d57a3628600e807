namespace Futago.Blocks;

/// <summary>Somebody who waits for the end of a <see cref="CompletionBatch"/>.</summary>
public interface ICompletionBatchEnd
{
    /// <summary>The last request of the batch has ended. Must not block and must not throw.</summary>
    void OnBatchEnded();
}
