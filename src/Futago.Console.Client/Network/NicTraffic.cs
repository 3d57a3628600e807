namespace Futago.Console.Client.Network;

/// <summary>What went through a NIC lately, one value a second, oldest first, at most five minutes.</summary>
/// <param name="Received">Bytes per second.</param>
/// <param name="Sent">Bytes per second.</param>
public sealed record NicTraffic(string Nic, IReadOnlyList<double> Received, IReadOnlyList<double> Sent);

/// <summary>Remembers the traffic of this node's NICs, for pages. Only inside the console.</summary>
public interface INicTraffic
{
    /// <summary>Null for a NIC that nothing is known of.</summary>
    NicTraffic? Of(string nic);
}
