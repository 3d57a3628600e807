namespace Futago.DataReplication.Runs;

/// <summary>Rate over the last seconds from a count that grows.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(long At, long Count)> _samples = new();

    public long Add(long count)
    {
        var now = time.GetTimestamp();
        _samples.Enqueue((now, count));
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().At, now) > Window)
            _samples.Dequeue();
        var (first, before) = _samples.Peek();
        var elapsed = time.GetElapsedTime(first, now).TotalSeconds;
        return elapsed < 0.1 ? 0 : (long)Math.Max(0, (count - before) / elapsed);
    }
}
