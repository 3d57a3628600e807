using Futago.Management.Failover;

namespace Futago.Management.Pairing;

/// <summary>What a node says of itself while pairing; all of it is covered by the proofs. docs/protocol/pairing.md.</summary>
/// <param name="Version">Of the pairing protocol.</param>
/// <param name="Product">Version of the product, for messages.</param>
/// <param name="ConsoleFingerprint">SHA-256 of its console's peer certificate, 64 lower-case hexadecimal digits.</param>
/// <param name="LinkFingerprint">SHA-256 of the certificate of its replication link.</param>
/// <param name="Nonce">32 random bytes of this exchange, base64.</param>
/// <param name="Time">Its clock when it wrote this.</param>
public sealed record PairingParty(
    int Version,
    string Product,
    Guid NodeId,
    string Name,
    string ConsoleFingerprint,
    string LinkFingerprint,
    string Nonce,
    int ConsolePort,
    string? ReplicationAddress,
    int LinkPort,
    DateTimeOffset Time);

/// <summary>First message: the node that joins says who it is.</summary>
public sealed record PairingHello(PairingParty Joiner);

/// <summary>Answer: the node that made the code says who it is. Nobody has proved anything yet.</summary>
public sealed record PairingOffer(Guid ExchangeId, PairingParty Offerer);

/// <param name="Proof">That the joining node knows the code and has seen the same exchange; base64.</param>
public sealed record PairingConfirm(Guid ExchangeId, string Proof);

/// <param name="Proof">The same from the node that made the code, which has stored the pair; base64.</param>
public sealed record PairingAccept(string Proof);

/// <summary>What a paired console tells the other one every few seconds.</summary>
/// <param name="Failover">What it has of the failover; null when it has none.</param>
public sealed record PeerReport(
    Guid PairId,
    string Name,
    string Product,
    DateTimeOffset Time,
    bool EngineRunning,
    string? ReplicationAddress,
    int LinkPort,
    FailoverSeal? Failover = null);
