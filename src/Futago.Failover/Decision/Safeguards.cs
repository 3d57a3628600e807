namespace Futago.Failover;

/// <summary>
/// The rules of the decision, one switch each. All are on wherever the product runs: nothing but the simulation of the tests can
/// turn one off, to show that without it two nodes serve or data is lost.
/// </summary>
internal sealed record Safeguards
{
    public static Safeguards All { get; } = new();

    /// <summary>Nothing is answered after the lease has lapsed.</summary>
    public bool LeaseBeforeAnswer { get; init; } = true;

    /// <summary>A lease is counted from when it was asked for, not from when the answer came.</summary>
    public bool LeaseFromRequest { get; init; } = true;

    /// <summary>What is silent may serve for the time of its lease and its guard.</summary>
    public bool WaitForLease { get; init; } = true;

    /// <summary>Nobody takes over from a silent peer without the authority that the policy names.</summary>
    public bool TakeoverNeedsAuthority { get; init; } = true;

    /// <summary>I2, I8: nobody goes on alone before it is sure that the peer cannot take over.</summary>
    public bool AloneNeedsAuthority { get; init; } = true;

    /// <summary>The witness knows who went on alone, and grants to nobody else.</summary>
    public bool WitnessRemembersAlone { get; init; } = true;

    /// <summary>I8: only what is up to date is served.</summary>
    public bool ServeOnlyUpToDate { get; init; } = true;

    /// <summary>A node that yielded does not take over.</summary>
    public bool YieldBinds { get; init; } = true;

    /// <summary>What is promised is durable first.</summary>
    public bool StoreBeforePromise { get; init; } = true;

    /// <summary>A term is durable before it is used.</summary>
    public bool StoreTermFirst { get; init; } = true;

    /// <summary>A node consents only to a peer that lacks nothing that it has.</summary>
    public bool ConsentToNewerData { get; init; } = true;

    /// <summary>A node that sees no ping node takes over from nobody, and has no lease from them (ping-only policy).</summary>
    public bool IsolatedNeverTakesOver { get; init; } = true;

    /// <summary>A node that was cut off does not take over until it has seen its peer again (ping-only policy).</summary>
    public bool IsolationDisarms { get; init; } = true;

    /// <summary>A service that is alive is not taken over (ping-only policy).</summary>
    public bool ProbeBeforeTakeover { get; init; } = true;

    /// <summary>After a cold start nothing is served until the peer was seen, or the witness or an operator says so.</summary>
    public bool ColdStartWaits { get; init; } = true;

    /// <summary>Planned switch: nothing is served any more before the peer is asked to.</summary>
    public bool DemoteBeforeHandOver { get; init; } = true;

    /// <summary>I9: a node that hears of a higher term stops.</summary>
    public bool StopOnHigherTerm { get; init; } = true;

    /// <summary>What a node said before is not taken for what it says now.</summary>
    public bool OldMessagesIgnored { get; init; } = true;

    /// <summary>A takeover that failed is undone.</summary>
    public bool UndoFailedTakeover { get; init; } = true;
}
