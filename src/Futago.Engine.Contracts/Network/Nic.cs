namespace Futago.Engine.Contracts.Network;

/// <summary>A network interface of the node, without the loopback.</summary>
/// <param name="Up">Switched on and with a carrier.</param>
/// <param name="SpeedMbps">Null when the driver does not say.</param>
public sealed record NicInfo(
    string Name,
    string? MacAddress,
    bool Up,
    long? SpeedMbps,
    int MtuBytes,
    IReadOnlyList<NicAddress> Addresses,
    long ReceivedBytes,
    long SentBytes,
    long ReceiveErrors,
    long SendErrors,
    long Dropped);

/// <param name="Virtual">A virtual IP that the node holds now.</param>
public sealed record NicAddress(string Address, int PrefixLength, bool Virtual);

/// <param name="Addresses">1–16 IP addresses.</param>
public sealed record PingRequest(IReadOnlyList<string> Addresses);

/// <param name="RoundTripMicroseconds">The fastest of three; null when none was answered.</param>
public sealed record PingResult(string Address, double? RoundTripMicroseconds);

/// <summary>Looks, with ARP or neighbour solicitation, whether somebody in the NIC's network has the address.</summary>
public sealed record ProbeAddressRequest(string Nic, string Address);

/// <param name="Taken">Somebody answered.</param>
/// <param name="ByThisNode">It is an address of this node.</param>
/// <param name="MacAddress">Who answered.</param>
public sealed record ProbeAddressResult(bool Taken, bool ByThisNode, string? MacAddress);
