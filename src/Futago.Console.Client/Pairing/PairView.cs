namespace Futago.Console.Client.Pairing;

/// <param name="NodeId">Who this node is to its peer; null while the engine is not reachable.</param>
/// <param name="LinkFingerprint">SHA-256 of the certificate of this node's replication link; null while the engine is not reachable.</param>
/// <param name="ReplicationAddress">This node's own address for the replication link; null for any.</param>
/// <param name="LinkPort">Port of this node's replication link.</param>
/// <param name="LinkListening">Whether that port is open; it is only while there is a peer.</param>
/// <param name="LinkProblem">Why it is not, although there is a peer.</param>
/// <param name="Addresses">Addresses that this node has now.</param>
/// <param name="CodeExpiresAt">Until when the code that was made last can be used; null when there is none.</param>
/// <param name="Peer">Null while this node is not paired.</param>
public sealed record PairView(
    string NodeName,
    Guid? NodeId,
    string? LinkFingerprint,
    string? ReplicationAddress,
    int LinkPort,
    bool LinkListening,
    Engine.Contracts.Problem? LinkProblem,
    IReadOnlyList<NodeAddress> Addresses,
    DateTimeOffset? CodeExpiresAt,
    PeerView? Peer);

/// <summary>An address of this node.</summary>
/// <param name="Interface">Name of the network interface that has it.</param>
/// <param name="InterfaceMtuBytes">Largest packet that the interface takes; 0 when it does not say.</param>
public sealed record NodeAddress(string Address, string Interface, int InterfaceMtuBytes);

/// <summary>What was agreed with the peer, and how it is.</summary>
/// <param name="Address">Address of its console.</param>
/// <param name="ReplicationAddress">Its address for the replication link; null when that is the console's.</param>
/// <param name="ConsoleFingerprint">SHA-256 of the certificate that its console shows to this node.</param>
/// <param name="PairedBy">Who asked for it, on this node.</param>
public sealed record PeerView(
    string Name,
    Guid NodeId,
    Guid PairId,
    string Address,
    int ConsolePort,
    string? ReplicationAddress,
    int LinkPort,
    string ConsoleFingerprint,
    string LinkFingerprint,
    DateTimeOffset PairedAt,
    string PairedBy,
    PeerStatus Status);
