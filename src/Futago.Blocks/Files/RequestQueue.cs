namespace Futago.Blocks;

/// <summary>
/// First-in first-out queue of requests linked through <see cref="BlockRequest.Next"/>: queueing allocates nothing.
/// Not thread-safe; its owner holds a lock.
/// </summary>
internal struct RequestQueue
{
    private BlockRequest? _first;
    private BlockRequest? _last;

    public int Count { get; private set; }

    /// <summary>To look at what is queued, by way of <see cref="BlockRequest.Next"/>.</summary>
    public readonly BlockRequest? First => _first;

    public readonly bool IsEmpty => _first is null;

    public void Enqueue(BlockRequest request)
    {
        request.Next = null;
        Count++;
        if (_last is null)
            _first = request;
        else
            _last.Next = request;
        _last = request;
    }

    public BlockRequest? TryDequeue()
    {
        var request = _first;
        if (request is null)
            return null;
        _first = request.Next;
        if (_first is null)
            _last = null;
        request.Next = null;
        Count--;
        return request;
    }

    /// <summary>Takes everything that is queued.</summary>
    public RequestQueue TakeAll()
    {
        var all = this;
        this = default;
        return all;
    }

    public void CompleteAll(BlockStatus status)
    {
        using var batch = CompletionBatch.Begin();
        while (TryDequeue() is { } request)
            request.OnCompleted(status);
    }
}
