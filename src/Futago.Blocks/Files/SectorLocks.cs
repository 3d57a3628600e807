namespace Futago.Blocks;

/// <summary>
/// Keeps writes to the same physical sector apart while one of them reads, modifies and writes it. Used only on media whose
/// sectors are larger than the device's alignment; I/O threads wait in it.
/// </summary>
internal sealed class SectorLocks(int sectorBytes)
{
    private readonly object _gate = new();
    private readonly List<(long First, long End)> _held = [];

    public Range Enter(long offset, long length)
    {
        var first = offset / sectorBytes;
        var end = (offset + length + sectorBytes - 1) / sectorBytes;
        lock (_gate)
        {
            while (IsTaken(first, end))
                Monitor.Wait(_gate);
            _held.Add((first, end));
        }
        return new Range(this, first, end);
    }

    private bool IsTaken(long first, long end)
    {
        foreach (var held in _held)
        {
            if (held.First < end && first < held.End)
                return true;
        }
        return false;
    }

    private void Leave(long first, long end)
    {
        lock (_gate)
        {
            _held.Remove((first, end));
            Monitor.PulseAll(_gate);
        }
    }

    internal readonly struct Range(SectorLocks owner, long first, long end) : IDisposable
    {
        public void Dispose() => owner.Leave(first, end);
    }
}
