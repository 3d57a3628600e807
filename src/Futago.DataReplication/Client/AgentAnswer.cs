using Futago.DataReplication.Protocol;

namespace Futago.DataReplication.Client;

/// <summary>What an agent answered to a user whose proof was right.</summary>
/// <param name="ClockDifference">How far the agent's clock is ahead of this node's; negative: behind. Half a round trip of error.</param>
public sealed record AgentAnswer(string Fingerprint, string? RsyncVersion, TimeSpan ClockDifference, IReadOnlyList<OfferedShare> Shares, string? Snapshot);
