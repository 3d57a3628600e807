using System.Collections.Concurrent;
using System.Net;
using Futago.Engine.Contracts.Network;

namespace Futago.Engine.Network;

/// <summary>Three pings to each of some addresses.</summary>
internal static class PingRun
{
    private const int Pings = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(800);

    public static async Task<IReadOnlyList<PingResult>> RunAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellation)
    {
        var fastest = new ConcurrentDictionary<IPAddress, double>();
        using var pinger = new Pinger((from, _, trip) => fastest.AddOrUpdate(from, trip.TotalMicroseconds, (_, before) => Math.Min(before, trip.TotalMicroseconds)));
        for (var i = 0; i < Pings; i++)
        {
            foreach (var address in addresses)
                pinger.Send(address, i);
            await Task.Delay(i < Pings - 1 ? Interval : Wait, cancellation);
        }
        return [.. addresses.Select(a => new PingResult(a.ToString(), fastest.TryGetValue(a, out var trip) ? Math.Round(trip, 0) : null))];
    }
}
