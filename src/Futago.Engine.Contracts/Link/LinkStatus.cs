namespace Futago.Engine.Contracts.Link;

/// <summary>This node's end of the replication link.</summary>
/// <param name="NodeId">Made at the first start of the engine and kept for ever.</param>
/// <param name="Fingerprint">SHA-256 of the link certificate, 64 lower-case hexadecimal digits.</param>
/// <param name="Peer">The peer in the configuration; null while there is none, and then nothing listens.</param>
/// <param name="Listening">Whether the port of the link is open.</param>
/// <param name="Problem">Why it is not, although there is a peer.</param>
/// <param name="Connections">Connections that are authenticated and open now, both directions together.</param>
public sealed record LinkStatus(
    Guid NodeId,
    string Fingerprint,
    PeerConfiguration? Peer,
    bool Listening,
    Problem? Problem,
    int Connections);
