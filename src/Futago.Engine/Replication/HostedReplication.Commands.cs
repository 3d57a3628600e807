using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Replication;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Replication;

/// <summary>What a person decides. Every one of these can lose data, or says so where it cannot; nothing of it happens by itself.</summary>
internal sealed partial class HostedReplication
{
    private static readonly TimeSpan LinkEndTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LinkEndCheck = TimeSpan.FromMilliseconds(50);

    private volatile string? _keptSnapshot;
    private volatile string? _snapshotFailure;

    public async Task ClearMetadataAsync(string? confirm)
    {
        CheckConfirmation(confirm);
        await _gate.WaitAsync();
        try
        {
            if (_volume is { } volume)
            {
                var state = await volume.GetStateAsync();
                if (state.IsSource)
                    throw Refuse(ProblemCodes.VolumeReplicationIsSource, "has this node as source; make it destination first");
                // What was written here since the peer was last heard of, it cannot have.
                var lacks = state is { Phase: not "Established", OutOfSyncBytes: > 0 };
                if (state.IsUpToDate && (lacks || state.Peer is not { IsUsable: true }))
                    throw Refuse(ProblemCodes.VolumeReplicationOnlyCopy, "may have its only up-to-date data on this node: the peer did not say that it has it");
                Check(await volume.ClearMetadataAsync());
            }
            else
            {
                ClearUnopened();
            }
        }
        finally
        {
            _gate.Release();
        }
        Changed();
    }

    /// <summary>Not under the gate: keeping the snapshot waits for the catalogue, which may be waiting for this volume to be released.</summary>
    public async Task DiscardMySideAsync(string? confirm)
    {
        CheckConfirmation(confirm);
        _snapshotFailure = null;
        Check(await Opened().YieldSplitBrainAsync());
        Changed();
    }

    public async Task ForceSourceAsync(string? confirm)
    {
        CheckConfirmation(confirm);
        CheckNotManaged();
        if (_configuration.Role != ReplicationRole.Source)
            throw ProblemException.Conflict(
                ProblemCodes.VolumeReplicationInvalid, $"The volume replication {TaskName} wants this node as destination. Change its role to source first.", "role", ("task", TaskName));
        await _gate.WaitAsync();
        try
        {
            if (_volume is null)
                await OpenWithFreshMetadataAsync();
            var volume = Opened();
            var state = await volume.GetStateAsync();
            if (state.IsSource)
                return;
            // Of a stopped task the connection is ending; below, it is ended first.
            if (_configuration.Started && state is { Phase: "Established" or "SyncSource" or "SyncTarget", PeerIsSource: true })
                throw Refuse(ProblemCodes.VolumeReplicationPeerIsSource, "has the peer as source, and it can be reached. Make that one destination first");
            Check(await PromoteByForceAsync(volume));
            _roleProblem = await BeginServingAsync(volume);
            AdjustLink(volume);
        }
        finally
        {
            _gate.Release();
        }
        Changed();
    }

    public async Task StartVerifyAsync()
    {
        var volume = Opened();
        var started = _parts.Time.GetUtcNow();
        Check(await volume.StartVerifyAsync());
        (_verifyStartedAt, _verifyFinishedAt) = (started, null);
        Changed();
    }

    public async Task StopVerifyAsync()
    {
        Check(await Opened().StopVerifyAsync());
        Changed();
    }

    public async Task HealAsync(string? confirm)
    {
        CheckConfirmation(confirm);
        Check(await Opened().HealAsync());
        // The next measurement keeps what is left to heal: nothing.
        _keptVerify = null;
        Changed();
    }

    /// <summary>Where in the volume this node's data may differ from the peer's.</summary>
    public async Task<ChangeMap> GetChangesAsync()
    {
        var volume = Opened();
        return new ChangeMap(volume.LengthBytes, await volume.GetChangesAsync(ChangeMap.Parts));
    }

    private ReplicatedVolume Opened() =>
        _volume ?? throw new ProblemException(_openProblem ?? ReplicationProblems.NotRunning(TaskName, "it is being opened; try again in a moment"), 409);

    /// <summary>Alone, whatever the connection says: it is ended first, and begins again afterwards.</summary>
    private async Task<ReplicationResult> PromoteByForceAsync(ReplicatedVolume volume)
    {
        await StopLinkAsync();
        var start = _parts.Time.GetTimestamp();
        while (true)
        {
            var result = await volume.PromoteAsync(alone: true, force: true);
            // The end of the connection, and what the peer left under way here, take their moment.
            if (result is not (ReplicationResult.Busy or ReplicationResult.NotUpToDate or ReplicationResult.LinkLost) || _parts.Time.GetElapsedTime(start) > LinkEndTimeout)
                return result;
            await Task.Delay(LinkEndCheck, _parts.Time);
        }
    }

    /// <summary>Metadata that is damaged, lost or another's goes; the loop makes new and opens the volume.</summary>
    private void ClearUnopened()
    {
        if (_configuration.Role == ReplicationRole.Source)
            throw Refuse(ProblemCodes.VolumeReplicationIsSource, "wants this node as source. Make it destination first, or make it source by force to keep what is here");
        var volume = WithoutUsableMetadata();
        Forget(volume.ReplicationPath);
        CreateMetadata(volume);
    }

    private async Task OpenWithFreshMetadataAsync()
    {
        var volume = WithoutUsableMetadata();
        Forget(volume.ReplicationPath);
        CreateMetadata(volume);
        _openProblem = await OpenAsync();
    }

    private LogicalVolume WithoutUsableMetadata()
    {
        if (_openProblem is not { Code: ProblemCodes.VolumeReplicationMetadataDamaged or ProblemCodes.VolumeReplicationMetadataForeign }
            || _parts.Catalogue.FindUsable(_configuration.VolumeId, out _, out _) is not { ReadOnly: false } volume)
            throw new ProblemException(_openProblem ?? ReplicationProblems.NotRunning(TaskName, "it is being opened; try again in a moment"), 409);
        return volume;
    }

    private void Check(ReplicationResult result)
    {
        switch (result)
        {
            case ReplicationResult.Done: return;
            case ReplicationResult.NotUpToDate: throw Refuse(ProblemCodes.VolumeReplicationNotUpToDate, "does not have up-to-date data on this node");
            case ReplicationResult.PeerIsPrimary: throw Refuse(ProblemCodes.VolumeReplicationPeerIsSource, "has the peer as source");
            case ReplicationResult.NotConnected or ReplicationResult.LinkLost: throw Refuse(ProblemCodes.VolumeReplicationNotConnected, "is not in sync with the peer");
            case ReplicationResult.NotPrimary: throw Refuse(ProblemCodes.VolumeReplicationNotSource, "does not have this node as source; ask the other one");
            case ReplicationResult.IsPrimary: throw Refuse(ProblemCodes.VolumeReplicationIsSource, "has this node as source; make it destination first");
            case ReplicationResult.DiskFailed: throw Refuse(ProblemCodes.VolumeReplicationDiskFailed, "has a medium that failed on this node");
            case ReplicationResult.NothingToDo: throw Refuse(ProblemCodes.VolumeReplicationNothingToDo, "needs nothing of the kind");
            case ReplicationResult.SnapshotFailed:
                throw ProblemException.Conflict(
                    ProblemCodes.VolumeReplicationSnapshotFailed, $"The present data of {TaskName} could not be kept as a snapshot, so nothing was given up: {_snapshotFailure}", null,
                    ("task", TaskName), ("reason", _snapshotFailure ?? ""));
            default: throw Refuse(ProblemCodes.VolumeReplicationBusy, "compares the two sides just now; try again");
        }
    }

    private ProblemException Refuse(string code, string what) => new(ReplicationProblems.Of(code, TaskName, what), 409);

    private void CheckConfirmation(string? confirm)
    {
        if (confirm != TaskName)
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"To confirm, type the name exactly as it is: {TaskName}.", "confirm", ("name", TaskName));
    }

    private void Changed()
    {
        Redial();
        Wake();
    }
}
