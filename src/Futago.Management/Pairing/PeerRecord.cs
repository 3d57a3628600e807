using System.Net;
using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts.Link;
using Futago.Management.Access;
using Futago.Management.Node;

namespace Futago.Management.Pairing;

/// <summary>Between what the other node said, what is stored of it, and what is shown and pushed.</summary>
internal static class PeerRecord
{
    /// <param name="present">The row there is, when the same node is paired again.</param>
    public static Peer Of(PairingParty party, Guid pairId, IPAddress address, DateTimeOffset now, Actor by, Peer? present)
    {
        var peer = present ?? new Peer
        {
            PairId = pairId,
            NodeId = party.NodeId,
            Name = party.Name,
            Address = "",
            ConsolePort = party.ConsolePort,
            LinkPort = party.LinkPort,
            ConsoleFingerprint = party.ConsoleFingerprint,
            LinkFingerprint = party.LinkFingerprint,
            PairedAt = now,
            PairedBy = by.Name,
        };
        peer.PairId = pairId;
        peer.Name = party.Name;
        peer.Address = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        peer.ConsolePort = party.ConsolePort;
        peer.ReplicationAddress = party.ReplicationAddress;
        peer.LinkPort = party.LinkPort;
        peer.ConsoleFingerprint = party.ConsoleFingerprint;
        peer.LinkFingerprint = party.LinkFingerprint;
        peer.PairedAt = now;
        peer.PairedBy = by.Name;
        return peer;
    }

    public static PeerConfiguration? ToConfiguration(NodeConfiguration configuration) => configuration.Peer is not { } peer ? null : new PeerConfiguration(
        peer.NodeId,
        peer.Name,
        [peer.ReplicationAddress ?? peer.Address],
        peer.LinkPort,
        peer.LinkFingerprint,
        configuration.ReplicationAddress,
        configuration.LinkPort);

    public static PeerView ToView(Peer peer, PeerStatus status) => new(
        peer.Name,
        peer.NodeId,
        peer.PairId,
        peer.Address,
        peer.ConsolePort,
        peer.ReplicationAddress,
        peer.LinkPort,
        peer.ConsoleFingerprint,
        peer.LinkFingerprint,
        peer.PairedAt,
        peer.PairedBy,
        status);
}
