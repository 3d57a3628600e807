namespace Futago.Scsi.CdRom;

/// <summary>
/// Tells each nexus once that the medium was changed, MMC-5 section 6.7.3. A nexus that asks for the first time learns of changes from then
/// on. Bounded by the number of nexuses.
/// </summary>
internal sealed class MediumEvents
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, long> _seen = [];
    private long _changes;

    public void Changed() => Interlocked.Increment(ref _changes);

    public bool Take(long nexusId)
    {
        lock (_gate)
        {
            var now = Interlocked.Read(ref _changes);
            var changed = _seen.TryGetValue(nexusId, out var seen) && seen != now;
            _seen[nexusId] = now;
            return changed;
        }
    }

    public void Forget(long nexusId)
    {
        lock (_gate)
            _seen.Remove(nexusId);
    }
}
