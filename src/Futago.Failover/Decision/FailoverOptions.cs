namespace Futago.Failover;

/// <summary>
/// Numbers of the decision. Times in ms of a monotonic clock that counts suspension too (CLOCK_BOOTTIME). The two nodes of a pair use
/// the same ones.
/// </summary>
public sealed record FailoverOptions
{
    public FailoverPolicy Policy { get; init; } = FailoverPolicy.Witness;

    /// <summary>The configured primary: it serves when nothing else decides.</summary>
    public required bool IsPrimary { get; init; }

    /// <summary>This node, as the witness knows it.</summary>
    public required Guid NodeId { get; init; }

    /// <summary>Random for each start; never 0.</summary>
    public required ulong BootId { get; init; }

    /// <summary>Heartbeat paths, 1–8: the data network and each auxiliary connection.</summary>
    public int Paths { get; init; } = 2;

    /// <summary>Ping nodes, 0–16.</summary>
    public int PingNodes { get; init; }

    public int HeartbeatMs { get; init; } = 500;

    /// <summary>How long a node may serve without hearing from whoever lets it.</summary>
    public int LeaseMs { get; init; } = 4000;

    /// <summary>After this much more, its guard has ended an engine that did not stop by itself.</summary>
    public int KillMs { get; init; } = 2000;

    /// <summary>A peer that is silent on every path for so long counts as gone: the active node may go on alone.</summary>
    public int DeadMs { get; init; } = 5000;

    /// <summary>After so much silence a passive node may take over.</summary>
    public int TakeoverMs { get; init; } = 7500;

    /// <summary>Most by which two clocks run apart, in parts per thousand.</summary>
    public int DriftPerMille { get; init; } = 10;

    /// <summary>After a start, how long the peer is waited for before the witness is asked.</summary>
    public int InitDeadMs { get; init; } = 30_000;

    /// <summary>How long both nodes are seen passive before one of them takes over.</summary>
    public int SettleMs { get; init; } = 2000;

    /// <summary>How long a lost replication link may come back before the node goes on alone, while the peer is heard.</summary>
    public int FreezeMs { get; init; } = 1000;

    public int PingMs { get; init; } = 1000;

    /// <summary>A ping node that did not answer for so long is lost.</summary>
    public int PingDeadMs { get; init; } = 3000;

    /// <summary>When no ping node answers either node, nothing is served.</summary>
    public bool StopWithoutPing { get; init; } = true;

    public int WitnessRenewMs { get; init; } = 1000;

    /// <summary>A step that takes longer counts as failed.</summary>
    public int StepMs { get; init; } = 10_000;

    /// <summary>How long the peer's answer is waited for.</summary>
    public int AnswerMs { get; init; } = 3000;

    /// <summary>Pause after a takeover that failed.</summary>
    public int RetryMs { get; init; } = 5000;

    /// <summary>More than <see cref="FlapLimit"/> automatic switches within this time suspend them.</summary>
    public int FlapWindowMs { get; init; } = 600_000;

    public int FlapLimit { get; init; } = 3;

    internal Safeguards Safeguards { get; init; } = Safeguards.All;

    /// <summary>What is wrong with them, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var wrong = new List<string>();
        Range(HeartbeatMs, 50, 10_000, "The heartbeat interval");
        Range(LeaseMs, 500, 60_000, "The lease");
        Range(KillMs, 500, 60_000, "The guard's time");
        Range(DriftPerMille, 0, 100, "The clock drift in parts per thousand");
        Range(InitDeadMs, 1000, 600_000, "The time to wait for the peer after a start");
        Range(PingMs, 100, 60_000, "The ping interval");
        Range(Paths, 1, 8, "The number of heartbeat paths");
        Range(PingNodes, 0, 16, "The number of ping nodes");
        Range(WitnessRenewMs, 100, 60_000, "The witness interval");
        Range(FlapLimit, 1, 100, "The limit of automatic switches");
        if (wrong.Count > 0)
            return wrong;
        if (LeaseMs < 4L * HeartbeatMs)
            wrong.Add($"The lease ({LeaseMs} ms) must be at least four heartbeat intervals ({HeartbeatMs} ms each), or two lost heartbeats stop the service.");
        if (TakeoverMs <= TakeoverFloorMs)
            wrong.Add($"The time until failover ({TakeoverMs} ms) must be more than lease, guard's time and clock drift together ({TakeoverFloorMs} ms), or both nodes could serve at once.");
        else if (Policy == FailoverPolicy.PingOnly && TakeoverMs <= TakeoverFloorMs + 2L * HeartbeatMs)
            wrong.Add($"With the ping-only policy the time until failover ({TakeoverMs} ms) must be two heartbeat intervals more ({TakeoverFloorMs + 2L * HeartbeatMs} ms): the service is looked at only that often.");
        if (TakeoverMs > 60_000)
            wrong.Add("The time until failover must be at most 60000 ms.");
        if (DeadMs <= LeaseMs || DeadMs >= TakeoverMs)
            wrong.Add($"The dead time ({DeadMs} ms) must be between the lease ({LeaseMs} ms) and the time until failover ({TakeoverMs} ms).");
        if (InitDeadMs < TakeoverMs)
            wrong.Add($"The time to wait for the peer after a start ({InitDeadMs} ms) must not be less than the time until failover ({TakeoverMs} ms): a node that restarts has forgotten what it heard.");
        if (WitnessRenewMs * 3L > LeaseMs)
            wrong.Add($"The witness interval ({WitnessRenewMs} ms) must be at most a third of the lease ({LeaseMs} ms).");
        if (PingDeadMs < 2L * PingMs || PingDeadMs >= LeaseMs)
            wrong.Add($"The time after which a ping node is lost ({PingDeadMs} ms) must be at least two ping intervals and less than the lease ({LeaseMs} ms).");
        if (Policy == FailoverPolicy.PingOnly && PingNodes == 0)
            wrong.Add("The ping-only policy needs at least one ping node.");
        return wrong;

        void Range(int value, int least, int most, string name)
        {
            if (value < least || value > most)
                wrong.Add($"{name} must be from {least} to {most}, not {value}.");
        }
    }

    /// <summary>T_lease + T_kill on the slower clock, seen from the faster one.</summary>
    internal long TakeoverFloorMs => (LeaseMs + KillMs) * (1000L + DriftPerMille) / (1000L - DriftPerMille) + 1;
}
