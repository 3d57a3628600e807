namespace Futago.Failover;

/// <summary>Why a passive node does not serve; each is a sentence of the page.</summary>
public enum PassiveReason : byte
{
    None,
    /// <summary>The peer serves.</summary>
    PeerActive,
    /// <summary>Started without having seen the peer: waits for it, for the witness or for an operator.</summary>
    WaitingForPeer,
    /// <summary>The peer is silent, and the time in which it may still serve is not over.</summary>
    PeerMayServe,
    /// <summary>The peer is silent, and nobody says that this node may serve.</summary>
    NoAuthority,
    /// <summary>This node's data is not up to date.</summary>
    DataNotUpToDate,
    /// <summary>The peer went on alone.</summary>
    Yielded,
    /// <summary>The peer has newer data.</summary>
    PeerHasNewerData,
    /// <summary>No ping node answers: this node may be the one that is cut off.</summary>
    PingLost,
    /// <summary>The service on the virtual IP is alive: the peer serves unseen.</summary>
    ServiceAlive,
    Maintenance,
    SplitBrain,
    /// <summary>The last takeover failed; the next try comes after a pause.</summary>
    RetryPause,
    /// <summary>The peer is about to serve.</summary>
    PeerPreferred,
}
