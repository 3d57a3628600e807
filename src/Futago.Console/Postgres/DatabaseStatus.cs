namespace Futago.Console.Postgres;

/// <summary>Whether the database can be used now. Pages and the API wait for it; the engine never does.</summary>
public sealed class DatabaseStatus
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _ready = New();
    private string? _problem = "The database is starting.";

    public bool Ready => Volatile.Read(ref _problem) is null;

    /// <summary>Why it cannot be used, in one sentence; null when it can.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    public Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        lock (_lock)
            return _ready.Task.WaitAsync(cancellation);
    }

    public void SetReady()
    {
        lock (_lock)
        {
            _problem = null;
            _ready.TrySetResult();
        }
    }

    public void SetProblem(string problem)
    {
        lock (_lock)
        {
            _problem = problem;
            if (_ready.Task.IsCompleted)
                _ready = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
