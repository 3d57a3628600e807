namespace Futago.Console.Client.Events;

/// <summary>
/// Codes of the events that the console itself writes (sources <c>audit</c> and <c>console</c>). Append only; each has an entry
/// <c>Event_…</c> in the console's resources.
/// </summary>
public static class ConsoleEventCodes
{
    public const string TargetCreated = "audit.target-created";
    public const string TargetChanged = "audit.target-changed";
    public const string TargetDeleted = "audit.target-deleted";
    public const string TargetStarted = "audit.target-started";
    public const string TargetStopped = "audit.target-stopped";
    public const string LunAdded = "audit.lun-added";
    public const string LunChanged = "audit.lun-changed";
    public const string LunRemoved = "audit.lun-removed";
    public const string AccessAllowed = "audit.access-allowed";
    public const string AccessRemoved = "audit.access-removed";
    public const string SessionClosed = "audit.session-closed";
    public const string CaptureStarted = "audit.capture-started";
    public const string CaptureDownloaded = "audit.capture-downloaded";
    public const string CaptureDeleted = "audit.capture-deleted";
    public const string ImageCreated = "audit.image-created";
    public const string ImageDeleted = "audit.image-deleted";
    public const string GroupCreated = "audit.group-created";
    public const string GroupImported = "audit.group-imported";
    public const string GroupExported = "audit.group-exported";
    public const string GroupDestroyed = "audit.group-destroyed";
    public const string VolumeCreated = "audit.volume-created";
    public const string VolumeChanged = "audit.volume-changed";
    public const string VolumeDeleted = "audit.volume-deleted";
    public const string SnapshotCreated = "audit.snapshot-created";
    public const string SnapshotChanged = "audit.snapshot-changed";
    public const string SnapshotDeleted = "audit.snapshot-deleted";
    public const string SnapshotRolledBack = "audit.snapshot-rolled-back";
    public const string SnapshotCloned = "audit.snapshot-cloned";
    public const string ShareCreated = "audit.share-created";
    public const string ShareChanged = "audit.share-changed";
    public const string ShareDeleted = "audit.share-deleted";
    public const string ShareUserSet = "audit.share-user-set";
    public const string ShareUserDeleted = "audit.share-user-deleted";
    public const string TaskCreated = "audit.task-created";
    public const string TaskChanged = "audit.task-changed";
    public const string TaskDeleted = "audit.task-deleted";
    public const string AgentChanged = "audit.agent-changed";
    public const string AgentShareSet = "audit.agent-share-set";
    public const string AgentShareRemoved = "audit.agent-share-removed";
    /// <summary>Agreed with the peer so far, or not yet; the next two say how it ended.</summary>
    public const string VolumeReplicationBegun = "audit.volume-replication-begun";
    public const string VolumeReplicationWithdrawn = "audit.volume-replication-withdrawn";
    public const string VolumeReplicationCreated = "audit.volume-replication-created";
    public const string VolumeReplicationChanged = "audit.volume-replication-changed";
    public const string VolumeReplicationStarted = "audit.volume-replication-started";
    public const string VolumeReplicationStopped = "audit.volume-replication-stopped";
    /// <summary>The configured role of this node's volume. Args: task, role.</summary>
    public const string VolumeReplicationRole = "audit.volume-replication-role";
    public const string VolumeReplicationDeleted = "audit.volume-replication-deleted";
    public const string VolumeReplicationVerified = "audit.volume-replication-verify-started";
    public const string VolumeReplicationHealed = "audit.volume-replication-healed";
    public const string VolumeReplicationMetadataCleared = "audit.volume-replication-metadata-cleared";
    public const string VolumeReplicationSideDiscarded = "audit.volume-replication-side-discarded";
    public const string VolumeReplicationSourceForced = "audit.volume-replication-source-forced";
    /// <summary>Being agreed with the peer; created, changed or withdrawn says how it ended.</summary>
    public const string FailoverBegun = "audit.failover-begun";
    public const string FailoverWithdrawn = "audit.failover-withdrawn";
    public const string FailoverCreated = "audit.failover-created";
    public const string FailoverChanged = "audit.failover-changed";
    public const string FailoverDeleted = "audit.failover-deleted";
    public const string FailoverTargetsCopied = "audit.failover-targets-copied";
    public const string FailoverStarted = "audit.failover-started";
    public const string FailoverStopped = "audit.failover-stopped";
    public const string FailoverSwitched = "audit.failover-switched";
    public const string FailoverFailedBack = "audit.failover-failed-back";
    public const string FailoverSynced = "audit.failover-synced";
    public const string FailoverMaintenanceOn = "audit.failover-maintenance-on";
    public const string FailoverMaintenanceOff = "audit.failover-maintenance-off";
    public const string FailoverServeAnyway = "audit.failover-serve-anyway";
    public const string SettingsChanged = "audit.settings-changed";
    public const string UserCreated = "audit.user-created";
    public const string UserChanged = "audit.user-changed";
    public const string UserDeleted = "audit.user-deleted";
    public const string TokenCreated = "audit.token-created";
    public const string TokenDeleted = "audit.token-deleted";
    public const string PairCodeCreated = "audit.pair-code-created";
    public const string Paired = "audit.paired";
    public const string PairChanged = "audit.pair-changed";
    public const string Unpaired = "audit.unpaired";
    public const string SignedIn = "audit.signed-in";
    public const string SignInFailed = "audit.sign-in-failed";
    public const string SignedOut = "audit.signed-out";

    /// <summary>The engine had a newer configuration than the database, which therefore was restored from a backup.</summary>
    public const string RevisionRaised = "console.revision-raised";
    public const string ConfigurationRefused = "console.configuration-refused";
    public const string EngineConnected = "console.engine-connected";
    public const string EngineLost = "console.engine-lost";
    /// <summary>The engine's journal starts again: its state directory is a new one.</summary>
    public const string JournalRestarted = "console.journal-restarted";
    /// <summary>A CHAP secret cannot be decrypted; its target stays stopped until it is set again.</summary>
    public const string SecretUnreadable = "console.secret-unreadable";
    /// <summary>Another node tried to pair with a wrong code.</summary>
    public const string PairRefused = "console.pair-refused";
    /// <summary>The peer has ended the pair.</summary>
    public const string PeerLeft = "console.peer-left";
    /// <summary>The peer has another name or another replication network.</summary>
    public const string PeerChanged = "console.peer-changed";
    /// <summary>The definition of the failover, or of its targets, is not the same on both nodes. Args: peer, code.</summary>
    public const string FailoverDiffers = "console.failover-differs";
    public const string FailoverAgrees = "console.failover-agrees";
    /// <summary>The configured roles of volume replications became what the failover made of them. Args: tasks.</summary>
    public const string FailoverRolesFollowed = "console.failover-roles-followed";
    public const string PeerReachable = "console.peer-reachable";
    public const string PeerUnreachable = "console.peer-unreachable";
    public const string PeerClockOff = "console.peer-clock-off";
    public const string PeerClockGood = "console.peer-clock-good";
}
