namespace Futago.Volumes.Initialisation;

/// <summary>Bytes per second over the last seconds. Not thread-safe.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private const int SamplesMaximum = 256;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(long Timestamp, long Bytes)> _samples = new();

    public void Add(long bytes)
    {
        if (_samples.Count == SamplesMaximum)
            _samples.Dequeue();
        _samples.Enqueue((time.GetTimestamp(), bytes));
    }

    public long BytesPerSecond
    {
        get
        {
            while (_samples.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Timestamp) > Window)
                _samples.Dequeue();
            if (_samples.Count < 2)
                return 0;
            var elapsed = time.GetElapsedTime(_samples.Peek().Timestamp);
            // The oldest sample marks the beginning; its own bytes were written before.
            var bytes = _samples.Skip(1).Sum(s => s.Bytes);
            return elapsed <= TimeSpan.Zero ? 0 : (long)(bytes / elapsed.TotalSeconds);
        }
    }
}
