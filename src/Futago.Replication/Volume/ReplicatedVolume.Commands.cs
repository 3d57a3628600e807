using System.Collections.Immutable;

namespace Futago.Replication;

/// <summary>How a command ended.</summary>
public enum ReplicationResult
{
    Done,
    /// <summary>The data is not up to date (I8).</summary>
    NotUpToDate,
    PeerIsPrimary,
    NotConnected,
    /// <summary>In the middle of a handshake; to be tried again.</summary>
    Busy,
    /// <summary>The term is lower than one that was heard of (I9).</summary>
    StaleTerm,
    NotPrimary,
    IsPrimary,
    LinkLost,
    DiskFailed,
    NothingToDo,
    SnapshotFailed,
}

/// <summary>What people and the failover manager ask for.</summary>
public sealed partial class ReplicatedVolume
{
    /// <summary>Becomes the source.</summary>
    /// <param name="term">Term of authority, not lower than any before; 0 for the next one.</param>
    /// <param name="alone">The caller has made sure that the peer is not source and will not become it; the peer need not be reachable.</param>
    /// <param name="force">A person's decision: also with data that is not up to date.</param>
    public Task<ReplicationResult> PromoteAsync(ulong term = 0, bool alone = false, bool force = false) =>
        RunAsync(id => new Promote(id, term, alone, force));

    /// <summary>
    /// Stops being the source: requests under way end, both sides flush, everything is written down. Not connected: it has stopped,
    /// and the peer may lack what was acknowledged and not flushed.
    /// </summary>
    public Task<ReplicationResult> DemoteAsync() => RunAsync(id => new Demote(id));

    /// <summary>
    /// Lets a source that has lost its peer go on alone: the caller has made sure, durably, that nobody else becomes source before the
    /// two are in sync again. It holds for one loss of the connection.
    /// </summary>
    /// <param name="connections">
    /// <see cref="ReplicatedVolumeState.Connections"/> as it was when the loss was seen: when there has been a connection since, what was
    /// made sure of may not hold any more.
    /// </param>
    /// <returns><see cref="ReplicationResult.LinkLost"/>: that loss is over.</returns>
    public Task<ReplicationResult> GoOnAloneAsync(long connections) =>
        RunAsync(id => Interlocked.Read(ref _connections) == connections ? new Grant(id) : null);

    /// <summary>Requests that were submitted and have not ended.</summary>
    public Task<int> CountOutstandingAsync() => QueryAsync(_ => _outstanding.Count);

    /// <summary>Acknowledges, reads and writes nothing until <see cref="ThawAsync"/>.</summary>
    public Task<ReplicationResult> FreezeAsync() => RunAsync(id => new Freeze(id));

    public Task<ReplicationResult> ThawAsync() => RunAsync(id => new Thaw(id));

    /// <summary>
    /// What a source does when its medium fails: with true nothing is acknowledged any more until it is source no longer, since somebody
    /// moves the service to the peer; with false the peer's medium serves, which is what happens at first.
    /// </summary>
    public Task HoldOnDiskFailureAsync(bool hold) => QueryAsync(core => core.HoldsOnDiskFailure = hold);

    /// <summary>The medium is dead, whether or not a request has met that: nothing is read from it or written to it any more.</summary>
    /// <returns><see cref="ReplicationResult.Done"/>: the peer's medium serves this source. <see cref="ReplicationResult.DiskFailed"/>: nothing does.</returns>
    public Task<ReplicationResult> LoseMediumAsync() => RunAsync(id => new LoseMedium(id));

    /// <summary>Durably: the peer goes on alone in this term, this node is not to become source before a resync.</summary>
    public Task<ReplicationResult> OutdateAsync(ulong term) => RunAsync(id => new Outdate(id, term));

    /// <summary>Durably: nothing of a lower term is accepted any more; a source of a lower term stops (I9).</summary>
    public Task<ReplicationResult> FenceAsync(ulong term) => RunAsync(id => new Fence(id, term));

    /// <summary>Compares both sides block by block; the result is in <see cref="GetStateAsync"/>.</summary>
    public Task<ReplicationResult> StartVerifyAsync() => RunAsync(id => new StartVerify(id));

    public Task<ReplicationResult> StopVerifyAsync() => RunAsync(id => new StopVerify(id));

    /// <summary>Copies what the last verify found different from this source to the peer.</summary>
    public Task<ReplicationResult> HealAsync() => RunAsync(id => new Heal(id));

    /// <summary>Gives up this side of a split brain; its data is kept as a snapshot first.</summary>
    public Task<ReplicationResult> YieldSplitBrainAsync() => RunAsync(id => new YieldSplitBrain(id));

    /// <summary>Forgets where the data comes from: the next connection copies everything from the peer.</summary>
    public Task<ReplicationResult> ClearMetadataAsync() => RunAsync(id => new ClearLineage(id));

    /// <summary>Stores a small named value on both nodes, by the rules of a durable write (persistent reservations).</summary>
    /// <exception cref="ArgumentException">The name or the value is too long.</exception>
    public Task<ReplicationResult> PutValueAsync(string name, ReadOnlySpan<byte> value)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || value.Length > ReplicaCore.BlobBytesMaximum)
            throw new ArgumentException("A value has a name of 1 to 64 letters, digits and hyphens, and at most 256 KiB.", nameof(name));
        var content = ImmutableArray.Create(value);
        return RunAsync(id => new PutBlob(id, name, content));
    }

    /// <summary>The value that both nodes have agreed on last, or null.</summary>
    public Task<ImmutableArray<byte>?> GetValueAsync(string name) =>
        QueryAsync(core => core.Blobs.TryGetValue(name, out var blob) ? blob.Content : (ImmutableArray<byte>?)null);

    /// <summary>A clean end: afterwards the next start finds nothing to resync that is not out of sync. To be followed by <see cref="DisposeAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (_closed)
            return;
        if (await QueryAsync(core => core.IsPrimary))
            await DemoteAsync();
        await RunAsync(id => new WantLink(id, Wanted: false));
        Task? link;
        lock (_linkGate)
            link = _linkTask;
        if (link is not null)
            await link;
        await RunAsync(id => new Shutdown(id));
    }

    /// <param name="make">Null: too late for it.</param>
    private async Task<ReplicationResult> RunAsync(Func<long, Command?> make) =>
        Enum.Parse<ReplicationResult>((await CommandAsync(make)).ToString());
}
