using Futago.Console.Client.Network;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts.Network;

namespace Futago.Management.Network;

/// <summary>
/// Makes rates out of the counters that the engine streams. Its updates do not come by the clock, so that each rate counts for all
/// the seconds since the one before.
/// </summary>
public sealed class NicTrafficRecorder : INicTraffic, IDisposable
{
    public const int Seconds = 300;

    private readonly ILiveStatus _live;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, History> _histories = [];
    private IReadOnlyList<NicInfo>? _seen;

    public NicTrafficRecorder(ILiveStatus live, TimeProvider time)
    {
        (_live, _time) = (live, time);
        live.Changed += Record;
        Record();
    }

    public NicTraffic? Of(string nic)
    {
        lock (_lock)
            return _histories.TryGetValue(nic, out var history) ? new NicTraffic(nic, [.. history.Received], [.. history.Sent]) : null;
    }

    public void Dispose() => _live.Changed -= Record;

    private void Record()
    {
        var nics = _live.Nics;
        lock (_lock)
        {
            if (ReferenceEquals(nics, _seen))
                return;
            _seen = nics;
            foreach (var gone in _histories.Keys.Except(nics.Select(n => n.Name)).ToList())
                _histories.Remove(gone);
            foreach (var nic in nics)
            {
                if (_histories.TryGetValue(nic.Name, out var history))
                    history.Add(nic, _time);
                else
                    _histories[nic.Name] = new History(nic, _time.GetTimestamp());
            }
        }
    }

    private sealed class History(NicInfo first, long at)
    {
        private NicInfo _last = first;
        private long _lastAt = at;

        public Queue<double> Received { get; } = new();

        public Queue<double> Sent { get; } = new();

        public void Add(NicInfo nic, TimeProvider time)
        {
            var elapsed = time.GetElapsedTime(_lastAt).TotalSeconds;
            // Of the same second: the next one has it all.
            if (elapsed < 0.5)
                return;
            // A counter that went back began again, with the driver.
            var received = Math.Max(0, nic.ReceivedBytes - _last.ReceivedBytes) / elapsed;
            var sent = Math.Max(0, nic.SentBytes - _last.SentBytes) / elapsed;
            for (var second = 0; second < Math.Clamp((int)Math.Round(elapsed), 1, Seconds); second++)
            {
                Received.Enqueue(received);
                Sent.Enqueue(sent);
            }
            while (Received.Count > Seconds)
            {
                Received.Dequeue();
                Sent.Dequeue();
            }
            (_last, _lastAt) = (nic, time.GetTimestamp());
        }
    }
}
