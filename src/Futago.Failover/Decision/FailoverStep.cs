namespace Futago.Failover;

/// <summary>What the shell does for the decision, one after the other, each to be repeated without harm.</summary>
public enum FailoverStep : byte
{
    /// <summary>Connections to the portal are dropped without a reset, so that initiators keep trying.</summary>
    BlockPort,
    /// <summary>The volumes become primary in this term; alone: without the peer, with a new generation.</summary>
    Promote,
    LoadReservations,
    /// <summary>LUNs and targets are ready, unit attentions queued.</summary>
    ReadyTargets,
    AddVirtualIp,
    /// <summary>Gratuitous ARP, unsolicited neighbour advertisements.</summary>
    Announce,
    OpenPort,
    /// <summary>The mirror goes on alone: a new generation is durable before the first write that only this node has.</summary>
    GoAlone,
    /// <summary>New commands are held.</summary>
    StopCommands,
    /// <summary>Commands under way are answered.</summary>
    Drain,
    /// <summary>Both nodes flush.</summary>
    Flush,
    /// <summary>The volumes become secondary; nothing more is acknowledged.</summary>
    Demote,
    RemoveVirtualIp,
    /// <summary>Sessions end without an answer.</summary>
    EndSessions,
    /// <summary>Undoes <see cref="StopCommands"/>.</summary>
    ResumeCommands,
    /// <summary>The volumes of this node are durably outdated.</summary>
    OutdateVolumes,
}
