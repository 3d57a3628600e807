namespace Futago.Console.Client.Pairing;

/// <param name="Code">Four groups of four letters and digits.</param>
/// <param name="ExpiresAt">Afterwards it is void, and so it is after one use or five wrong tries.</param>
public sealed record PairCode(string Code, DateTimeOffset ExpiresAt)
{
    /// <summary>Never the code: records print their members, and logs print records.</summary>
    public override string ToString() => $"PairCode {{ ExpiresAt = {ExpiresAt} }}";
}

/// <param name="Address">Of the other node's console: an IP address, with a port unless it is 8443.</param>
/// <param name="Code">What the other node shows; upper or lower case, with or without hyphens.</param>
public sealed record JoinRequest(string Address, string Code)
{
    /// <summary>Never the code: records print their members, and logs print records.</summary>
    public override string ToString() => $"JoinRequest {{ Address = {Address} }}";
}

/// <summary>Null leaves a property as it is.</summary>
/// <param name="ReplicationAddress">One of this node's addresses; empty for any.</param>
/// <param name="LinkPort">1–65535.</param>
public sealed record UpdatePairRequest(string? ReplicationAddress = null, int? LinkPort = null);

/// <param name="PeerInformed">False when the peer could not be told: the pair has to be deleted there too.</param>
public sealed record UnpairResult(bool PeerInformed);
