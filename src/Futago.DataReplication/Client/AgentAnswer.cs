using Futago.DataReplication.Protocol;

namespace Futago.DataReplication.Client;

/// <summary>What an agent answered to a user whose proof was right.</summary>
/// <param name="ClockDifference">How far the agent's clock is ahead of this node's; negative: behind. Half a round trip of error.</param>
/// <param name="Settles">Whether the agent makes a copy durable at its end; an older one leaves that to rsync, file by file.</param>
public sealed record AgentAnswer(
    string Fingerprint, string? RsyncVersion, TimeSpan ClockDifference, IReadOnlyList<OfferedShare> Shares, string? Snapshot, bool Settles);
