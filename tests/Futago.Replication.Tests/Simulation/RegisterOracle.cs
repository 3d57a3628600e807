namespace Futago.Replication.Tests.Simulation;

/// <summary>
/// What applications may see: each sector is a register whose writes are numbered. Knows, outside both nodes, what was asked for,
/// what was acknowledged, and what was read; says whether a value may be read now.
/// </summary>
/// <param name="writeThrough">Every acknowledged write is durable, and what was once read never goes back.</param>
internal sealed class RegisterOracle(int sectors, bool writeThrough)
{
    private readonly List<Operation>[] _writes = [.. Enumerable.Range(0, sectors).Select(_ => new List<Operation>())];
    private readonly List<Observation>[] _observations = [.. Enumerable.Range(0, sectors).Select(_ => new List<Observation>())];
    private int _clock;
    private int _epoch;

    private sealed class Operation
    {
        public required int Value { get; init; }

        public required int Invoked { get; init; }

        /// <summary>When it was answered, or could no longer be; int.MaxValue while it is under way.</summary>
        public int Ended { get; set; } = int.MaxValue;

        public bool Acknowledged { get; set; }

        public bool Durable { get; set; }

        public int Epoch { get; set; }
    }

    private sealed record Observation(int Value, int Invoked, int Ended, int Epoch);

    public int Acknowledged { get; private set; }

    public int Now => ++_clock;

    public void Invoke(int first, ReadOnlySpan<int> values)
    {
        var now = Now;
        for (var i = 0; i < values.Length; i++)
            _writes[first + i].Add(new Operation { Value = values[i], Invoked = now });
    }

    public void End(int first, ReadOnlySpan<int> values, bool acknowledged, bool durable)
    {
        var now = Now;
        Acknowledged += acknowledged ? 1 : 0;
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            var write = _writes[first + i].Find(w => w.Value == value)!;
            (write.Ended, write.Acknowledged, write.Durable, write.Epoch) = (now, acknowledged, durable, _epoch);
        }
    }

    /// <summary>A flush that was asked for at <paramref name="invoked"/> has been acknowledged.</summary>
    public void Flushed(int invoked, int epoch)
    {
        if (epoch != _epoch)
            return;
        foreach (var list in _writes)
        {
            foreach (var write in list)
                write.Durable |= write.Acknowledged && write.Ended < invoked && write.Epoch == _epoch;
        }
    }

    public int Epoch => _epoch;

    /// <summary>The node in use crashed or was replaced: what was acknowledged and not flushed may be gone.</summary>
    public void Crash() => _epoch++;

    /// <returns>What is wrong with reading this value, or null.</returns>
    public string? Check(int sector, int value, int invoked)
    {
        var writes = _writes[sector];
        var source = value == 0 ? null : writes.Find(w => w.Value == value);
        if (value != 0 && source is null)
            return $"sector {sector} holds {value}, which nobody wrote there";
        var ended = source?.Ended ?? 0;
        foreach (var newer in writes)
        {
            var counts = newer.Acknowledged && (newer.Durable || newer.Epoch == _epoch) && newer.Ended < invoked;
            if (counts && newer.Value != value && ended < newer.Invoked)
                return $"sector {sector} holds {value}, although {newer.Value} was acknowledged after it";
        }
        foreach (var seen in _observations[sector])
        {
            if ((writeThrough || seen.Epoch == _epoch) && seen.Value != value && seen.Ended < invoked && ended < seen.Invoked)
                return $"sector {sector} holds {value}, although {seen.Value} was read after it";
        }
        return null;
    }

    public void Observe(int sector, int value, int invoked)
    {
        var list = _observations[sector];
        // The latest ones exclude the most.
        if (list.Count > 3)
            list.RemoveAt(0);
        list.Add(new Observation(value, invoked, Now, _epoch));
    }
}
