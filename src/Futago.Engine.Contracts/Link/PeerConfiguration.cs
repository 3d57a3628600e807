namespace Futago.Engine.Contracts.Link;

/// <summary>The other node of the pair, as far as the replication link needs it. Without it the engine neither listens nor dials.</summary>
/// <param name="NodeId">What the peer's engine calls itself; see <see cref="LinkStatus"/>.</param>
/// <param name="Name">Name of the peer, for events.</param>
/// <param name="Addresses">IP addresses of its link, 1–8, tried in this order.</param>
/// <param name="Port">Port of its link, 1–65535.</param>
/// <param name="Fingerprint">SHA-256 of its link certificate, 64 lower-case hexadecimal digits: the only certificate that is believed.</param>
/// <param name="LocalAddress">This node's own address for the link, listened on and dialled from; null for any.</param>
/// <param name="LocalPort">Port that this node listens on, 1–65535.</param>
public sealed record PeerConfiguration(
    Guid NodeId,
    string Name,
    IReadOnlyList<string> Addresses,
    int Port,
    string Fingerprint,
    string? LocalAddress,
    int LocalPort)
{
    public const int DefaultPort = 7789;
}
