namespace Futago.Failover;

/// <summary>What came of a datagram.</summary>
internal enum HeartbeatRead : byte
{
    Ok,
    /// <summary>Too short, too long, or of something else.</summary>
    NotOurs,
    /// <summary>Not made with the key of this pair, or changed on the way.</summary>
    NotAuthentic,
    /// <summary>Authentic, of another version of the product.</summary>
    OtherVersion,
    /// <summary>Authentic, and of another pair or node: also this node's own, thrown back.</summary>
    OtherSender,
    /// <summary>Authentic, and with a value that does not exist.</summary>
    Malformed,
}
