using System.Net;

namespace Futago.DataReplication.Agent;

/// <summary>Slows down guessing of passwords: after ten failures from one address it is refused unheard for a while.</summary>
internal sealed class FailureThrottle(TimeProvider time)
{
    private const int FailuresAllowed = 10;
    private const int AddressesMax = 4096;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int Count, long Last)> _failures = [];

    public void Fail(IPAddress address)
    {
        lock (_gate)
        {
            foreach (var old in _failures.Where(f => time.GetElapsedTime(f.Value.Last) >= Memory).Select(f => f.Key).ToList())
                _failures.Remove(old);
            if (_failures.Count < AddressesMax || _failures.ContainsKey(address))
                _failures[address] = (_failures.GetValueOrDefault(address).Count + 1, time.GetTimestamp());
        }
    }

    public bool IsThrottled(IPAddress address)
    {
        lock (_gate)
            return _failures.TryGetValue(address, out var entry) && entry.Count >= FailuresAllowed && time.GetElapsedTime(entry.Last) < Memory;
    }
}
