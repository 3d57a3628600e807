using System.Net;
using System.Security.Cryptography;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Link;

namespace Futago.Engine.Link;

/// <summary>Checks the peer of a configuration before the link is opened to it.</summary>
internal static class PeerValidator
{
    private const int AddressesMaximum = 8;

    /// <exception cref="ProblemException">The first thing that is wrong, with its field.</exception>
    public static void Check(PeerConfiguration peer)
    {
        if (peer.NodeId == Guid.Empty)
            throw Invalid("The peer has no node id.", "nodeId");
        if (peer.Name is not { Length: >= 1 and <= 63 })
            throw Invalid("The peer's name has 1 to 63 characters.", "name");
        if (peer.Addresses is not { Count: >= 1 and <= AddressesMaximum })
            throw Invalid($"The peer has 1 to {AddressesMaximum} addresses.", "addresses");
        foreach (var address in peer.Addresses)
            CheckAddress(address, "addresses");
        if (peer.LocalAddress is not null)
            CheckAddress(peer.LocalAddress, "localAddress");
        CheckPort(peer.Port, "port");
        CheckPort(peer.LocalPort, "localPort");
        if (peer.Fingerprint is not { Length: SHA256.HashSizeInBytes * 2 } || !peer.Fingerprint.All(char.IsAsciiHexDigitLower))
            throw Invalid("The fingerprint of the peer's link certificate is 64 lower-case hexadecimal digits.", "fingerprint");
    }

    private static void CheckAddress(string? text, string field)
    {
        if (!IPAddress.TryParse(text, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            throw Invalid($"“{text}” is not the IP address of a node.", field);
    }

    private static void CheckPort(int port, string field)
    {
        if (port is < 1 or > 65535)
            throw Invalid($"The port {port} is not between 1 and 65535.", field);
    }

    private static ProblemException Invalid(string detail, string field) =>
        ProblemException.Invalid(ProblemCodes.ConfigurationInvalid, detail, $"peer.{field}");
}
