namespace Futago.Engine.Contracts.DataReplication;

/// <summary>The data replication agent of a node, as part of its configuration.</summary>
/// <param name="TlsPort">1–65535; 8874 unless there is a reason.</param>
/// <param name="PlainPort">Null (the default): only over TLS. A port (8873): without TLS as well, so that data crosses the network readable.</param>
/// <param name="Shares">At most one entry for a share.</param>
public sealed record AgentConfiguration(bool Enabled, int TlsPort, int? PlainPort, IReadOnlyList<AgentShareConfiguration> Shares)
{
    public const int DefaultTlsPort = 8874;
    public const int DefaultPlainPort = 8873;
}

/// <summary>A share that uses data replication.</summary>
/// <param name="Share">Its name.</param>
/// <param name="User">1–32 of <c>a-z A-Z 0-9 . _ -</c>, letter first.</param>
/// <param name="Password">8–128 printable ASCII characters.</param>
/// <param name="Allowed">Addresses and subnets (<c>10.77.0.0/24</c>) that sources may come from; at least one.</param>
public sealed record AgentShareConfiguration(string Share, string User, string Password, IReadOnlyList<string> Allowed)
{
    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"AgentShareConfiguration {{ Share = {Share}, User = {User} }}";
}

/// <param name="Listening">True while it accepts connections.</param>
/// <param name="Problem">Why it does not although it is enabled, as an English sentence, or null.</param>
/// <param name="Fingerprint">SHA-256 of its certificate, lower-case hexadecimal.</param>
/// <param name="RsyncVersion">Null when rsync is not installed.</param>
/// <param name="RsyncOld">True when the version is older than the one that closed the known holes; the product's own guards apply all the same.</param>
/// <param name="Reason"><paramref name="Problem"/> for translation; null when there is none, and from an engine of before.</param>
public sealed record AgentStatus(
    bool Enabled, bool Listening, string? Problem, int TlsPort, int? PlainPort, string Fingerprint, string? RsyncVersion, bool RsyncOld, int Connections,
    Problem? Reason = null);

/// <summary>What an agent offers to a user.</summary>
/// <param name="ClockDifferenceSeconds">How far its clock is ahead of this node's; negative: behind.</param>
public sealed record AgentOffer(string Fingerprint, string? RsyncVersion, double ClockDifferenceSeconds, IReadOnlyList<OfferedShareInfo> Shares);

/// <param name="Problem">Why it cannot be written now, as an English sentence, or null.</param>
/// <param name="Code">Of that sentence; null from an agent of before.</param>
public sealed record OfferedShareInfo(string Name, long SizeBytes, long FreeBytes, string? Problem, string? Code = null);
