namespace Futago.DataReplication.Runs;

/// <summary>How a run ended. Append only: stored by name.</summary>
public enum RunOutcome
{
    Ok,
    /// <summary>Everything that could be copied was; something needs a look.</summary>
    Warning,
    Failed,
    /// <summary>By a person.</summary>
    Stopped,
    /// <summary>The engine ended during the run.</summary>
    Interrupted,
}

/// <summary>Why a run ended as it did. Append only: stored by name, translated by the console.</summary>
public enum RunReason
{
    None,
    /// <summary>Files vanished while they were copied, which a snapshot should make impossible.</summary>
    FilesVanished,
    /// <summary>More files would have been deleted than the task allows; the rest was not deleted.</summary>
    DeleteLimit,
    /// <summary>The source was empty or had shrunk: everything was copied and nothing deleted.</summary>
    SourceShrunk,
    /// <summary>Some files could not be copied.</summary>
    Partial,
    /// <summary>The run was good, but the snapshot at the destination was not taken.</summary>
    DestinationSnapshotFailed,
    Network,
    DestinationFull,
    DestinationReadOnly,
    /// <summary>User, password or address.</summary>
    Denied,
    /// <summary>Another run is writing to the destination.</summary>
    DestinationBusy,
    ShareUnknown,
    ShareUnavailable,
    CertificateChanged,
    /// <summary>Agent off, not reachable, or of another version.</summary>
    AgentUnreachable,
    /// <summary>The source volume is away, not mounted, or not the one that it should be.</summary>
    SourceUnavailable,
    SourceFolderMissing,
    /// <summary>No snapshot could be taken, or it was dropped during the run.</summary>
    SnapshotFailed,
    /// <summary>rsync refused its arguments, or the two versions do not fit.</summary>
    Configuration,
    /// <summary>Reading or writing failed.</summary>
    InputOutput,
    Stopped,
    EngineEnded,
    Internal,
}
