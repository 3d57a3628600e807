namespace Futago.Failover;

/// <summary>
/// What a node of a pair does now. Values go over the wire: append only.
/// <code>
///   Off ⇄ Passive ───authority───► TakingOver ──steps done──► ActiveMirrored ⇄ Frozen ──authority──► ActiveAlone
///          ▲  ▲  ▲                   │    │                      │   │  ▲        │                     │    │
///          │  │  └──────refused──────┘    │ step failed          │   │  └────────┼─────in sync─────────┘    │
///          │  │                           ▼                      │   │           │                          │
///          │  └────────── Stopping ◄──────┴──no lease, stale─────┼───┴───────────┴──────────────────────────┘
///          └────────────────────────── HandingOver ◄─────switch──┘
/// </code>
/// </summary>
public enum NodeState : byte
{
    /// <summary>The failover manager is stopped: nothing is served through a virtual IP, nothing is taken over.</summary>
    Off = 0,
    /// <summary>Serves nothing. The only state in which it consents to what the peer asks.</summary>
    Passive = 1,
    /// <summary>Gets authority, then runs the steps of a takeover; serves from the last one on.</summary>
    TakingOver = 2,
    /// <summary>Serves; every write is on both nodes before it is acknowledged.</summary>
    ActiveMirrored = 3,
    /// <summary>Serves reads. The replication link is lost: the mirror holds writes until there is authority to go on alone.</summary>
    Frozen = 4,
    /// <summary>Serves without the peer, which cannot take over until it is in sync again.</summary>
    ActiveAlone = 5,
    /// <summary>Planned switch: drains, flushes, demotes.</summary>
    HandingOver = 6,
    /// <summary>Serves nothing any more and clears up: port, virtual IP, sessions, role.</summary>
    Stopping = 7,
}
