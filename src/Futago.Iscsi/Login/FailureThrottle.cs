using System.Net;

namespace Futago.Iscsi.Login;

/// <summary>Slows down guessing of CHAP secrets: after ten failures from one address its logins fail unseen for a while.</summary>
internal sealed class FailureThrottle(TimeProvider time)
{
    private const int AllowedFailures = 10;
    private const int MaximumAddresses = 4096;
    private static readonly TimeSpan _memory = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int Count, long Last)> _failures = [];

    public void Fail(IPAddress address)
    {
        lock (_gate)
        {
            if (_failures.Count >= MaximumAddresses)
                Forget();
            var count = _failures.TryGetValue(address, out var entry) && !Expired(entry.Last) ? entry.Count : 0;
            if (_failures.Count < MaximumAddresses || count > 0)
                _failures[address] = (count + 1, time.GetTimestamp());
        }
    }

    public bool IsThrottled(IPAddress address)
    {
        lock (_gate)
            return _failures.TryGetValue(address, out var entry) && entry.Count >= AllowedFailures && !Expired(entry.Last);
    }

    private bool Expired(long last) => time.GetElapsedTime(last) >= _memory;

    private void Forget()
    {
        foreach (var address in _failures.Where(f => Expired(f.Value.Last)).Select(f => f.Key).ToList())
            _failures.Remove(address);
    }
}
