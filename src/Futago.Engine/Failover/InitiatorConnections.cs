using System.Net;
using System.Text;
using Futago.Engine.Replication;

namespace Futago.Engine.Failover;

/// <summary>
/// Who is connected with the targets that move: kept as a value of a replicated volume, so that the node that takes over can tell them.
/// An initiator whose node has died without a word would otherwise wait until it misses an answer to a ping of its own. Best effort:
/// nothing that must be right depends on it. docs/protocol/failover.md.
/// </summary>
internal sealed class InitiatorConnections(FailoverParts parts, IReadOnlyList<Guid> replications, IReadOnlyList<Guid> targets)
{
    private const string ValueName = "initiators";

    /// <summary>Those beyond it find out by themselves.</summary>
    private const int ConnectionsMaximum = 1024;

    private const int Tickles = 3;
    private static readonly TimeSpan TicklePause = TimeSpan.FromMilliseconds(200);

    private string _stored = "";
    private Task _storing = Task.CompletedTask;

    private HostedReplication? Volume => parts.Replications.TryGet(replications[0]);

    /// <summary>On the active node, now and then: stores what has changed. Never waits.</summary>
    public void Store()
    {
        if (!_storing.IsCompleted)
            return;
        var now = string.Join('\n', parts.Targets.ConnectionsOf(targets).Take(ConnectionsMaximum).Select(c => $"{c.Local} {c.Remote}").Order(StringComparer.Ordinal));
        if (now == _stored || Volume is not { } volume)
            return;
        _stored = now;
        _storing = Task.Run(() => volume.SaveValueAsync(ValueName, Encoding.ASCII.GetBytes(now)));
    }

    /// <summary>Not active any more: the next time begins with what the volume holds.</summary>
    public void Forget() => _stored = "";

    /// <summary>This node serves now: whoever was connected with the other one hears of it.</summary>
    public async Task TellAsync()
    {
        if (Volume is not { } volume || await volume.LoadValueAsync(ValueName) is not { } value)
            return;
        var connections = Parse(value);
        for (var i = 0; i < Tickles; i++)
        {
            if (i > 0)
                await Task.Delay(TicklePause, parts.Time);
            foreach (var (local, remote) in connections)
                TcpTickle.Send(local, remote);
        }
    }

    private static List<(IPEndPoint Local, IPEndPoint Remote)> Parse(byte[] value)
    {
        var found = new List<(IPEndPoint, IPEndPoint)>();
        foreach (var line in Encoding.ASCII.GetString(value).Split('\n').Take(ConnectionsMaximum))
        {
            if (line.Split(' ') is [var first, var second] && IPEndPoint.TryParse(first, out var local) && IPEndPoint.TryParse(second, out var remote)
                && local.AddressFamily == remote.AddressFamily)
                found.Add((Plain(local), Plain(remote)));
        }
        return found;
    }

    /// <summary>A portal on all addresses shows IPv4 ones in the form of IPv6.</summary>
    private static IPEndPoint Plain(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
