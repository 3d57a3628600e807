namespace Futago.Engine.Contracts.Events;

/// <summary>
/// Every code an <see cref="EngineEvent"/> can carry, with the names of its args. Append only: the UI translates by the string,
/// and stored events keep it.
/// </summary>
public static class EventCodes
{
    /// <summary>Args: version.</summary>
    public const string EngineStarted = "engine.started";
    /// <summary>Orderly end.</summary>
    public const string EngineStopped = "engine.stopped";
    /// <summary>The run before this one ended without a stop: crash, kill or power loss.</summary>
    public const string EngineUncleanShutdown = "engine.unclean-shutdown";
    /// <summary>The stored configuration cannot be used; no target is served until the console sends it again. Args: file.</summary>
    public const string EngineConfigurationDamaged = "engine.configuration-damaged";
    /// <summary>The list of known units cannot be used. Args: file.</summary>
    public const string EngineUnitsDamaged = "engine.units-damaged";
    /// <summary>More happened at once than could be recorded. Args: count.</summary>
    public const string EngineEventsDropped = "engine.events-dropped";
    /// <summary>Args: revision.</summary>
    public const string ConfigurationApplied = "configuration.applied";

    /// <summary>Args: unit, size.</summary>
    public const string UnitImageCreated = "unit.image-created";
    /// <summary>Args: unit.</summary>
    public const string UnitImageDeleted = "unit.image-deleted";

    /// <summary>Args: group, unit.</summary>
    public const string GroupCreated = "group.created";
    /// <summary>Args: group, unit.</summary>
    public const string GroupImported = "group.imported";
    /// <summary>Args: group, unit.</summary>
    public const string GroupExported = "group.exported";
    /// <summary>Args: group, unit, count.</summary>
    public const string GroupDestroyed = "group.destroyed";
    /// <summary>The unit is gone. Args: group, unit.</summary>
    public const string GroupMissing = "group.missing";
    /// <summary>The unit is there but cannot be used. Args: group, unit, reason.</summary>
    public const string GroupFailed = "group.failed";
    /// <summary>Back after it was missing or failed. Args: group, unit.</summary>
    public const string GroupOnline = "group.online";

    /// <summary>Args: volume, size.</summary>
    public const string VolumeCreated = "volume.created";
    /// <summary>Args: volume, size.</summary>
    public const string VolumeExpanded = "volume.expanded";
    /// <summary>Args: volume, oldName.</summary>
    public const string VolumeRenamed = "volume.renamed";
    /// <summary>Args: volume, size.</summary>
    public const string VolumeDeleted = "volume.deleted";
    /// <summary>Args: volume.</summary>
    public const string VolumeInitialised = "volume.initialised";
    /// <summary>Args: volume, reason.</summary>
    public const string VolumeInitialisationFailed = "volume.initialisation-failed";
    /// <summary>A flush failed: nothing more is written to the volume until the engine restarts. Args: volume.</summary>
    public const string VolumeWriteFailed = "volume.write-failed";
    /// <summary>The medium could not be read or written. Once per operation until the volume is opened anew. Args: volume, operation (read or write).</summary>
    public const string VolumeIoError = "volume.io-error";
    /// <summary>A thin volume found no space in its group. Once until it finds some again. Args: volume, group.</summary>
    public const string VolumeNoSpace = "volume.no-space";
    /// <summary>A thin volume finds space again. Args: volume, group.</summary>
    public const string VolumeSpaceBack = "volume.space-back";

    /// <summary>Args: volume.</summary>
    public const string VolumeModeSource = "volume.mode-source";
    /// <summary>Args: volume.</summary>
    public const string VolumeModeDestination = "volume.mode-destination";
    /// <summary>Args: volume.</summary>
    public const string VolumeModeCleared = "volume.mode-cleared";
    /// <summary>The file system of a NAS volume cannot be mounted. Args: volume, reason.</summary>
    public const string VolumeMountFailed = "volume.mount-failed";

    /// <summary>Args: snapshot, volume, pause.</summary>
    public const string SnapshotCreated = "snapshot.created";
    /// <summary>Args: snapshot, volume.</summary>
    public const string SnapshotDeleted = "snapshot.deleted";
    /// <summary>Given up so that the volume has space. Args: snapshot, volume, reason (reserve or group).</summary>
    public const string SnapshotDropped = "snapshot.dropped";
    /// <summary>An initiator has the data of a volume destroyed, and its snapshots keep what it held. Args: volume, count.</summary>
    public const string SanitizeLeavesSnapshots = "snapshot.sanitize-leaves";
    /// <summary>The reserve is exceeded and only protected snapshots are left. Once until it is not. Args: volume, used, reserve.</summary>
    public const string SnapshotReserveExceeded = "snapshot.reserve-exceeded";
    /// <summary>Args: snapshot, volume, safety.</summary>
    public const string SnapshotRolledBack = "snapshot.rolled-back";
    /// <summary>Args: snapshot, volume, clone.</summary>
    public const string SnapshotCloned = "snapshot.cloned";

    /// <summary>Args: share, volume.</summary>
    public const string ShareCreated = "share.created";
    /// <summary>Args: share.</summary>
    public const string ShareChanged = "share.changed";
    /// <summary>Args: share.</summary>
    public const string ShareDeleted = "share.deleted";
    /// <summary>The list of shares cannot be used; none is served. Args: file.</summary>
    public const string SharesDamaged = "share.list-damaged";
    /// <summary>Args: port.</summary>
    public const string SmbStarted = "smb.started";
    /// <summary>The SMB service ended by itself or does not start; it is started again. Args: reason.</summary>
    public const string SmbFailed = "smb.failed";

    /// <summary>Args: target.</summary>
    public const string TargetStarted = "target.started";
    /// <summary>Args: target.</summary>
    public const string TargetStopped = "target.stopped";
    /// <summary>Args: target, lun, reason.</summary>
    public const string LunOffline = "lun.offline";
    /// <summary>Args: target, lun.</summary>
    public const string LunOnline = "lun.online";
    /// <summary>The stored persistent reservations cannot be used; initiators begin without. Args: target, lun, volume, file.</summary>
    public const string LunReservationsDamaged = "lun.reservations-damaged";
    /// <summary>Args: portal.</summary>
    public const string PortalListening = "portal.listening";
    /// <summary>Args: portal, reason.</summary>
    public const string PortalFailed = "portal.failed";

    /// <summary>Args: target, initiator, address.</summary>
    public const string SessionOpened = "session.opened";
    /// <summary>Args: target, initiator, address.</summary>
    public const string SessionClosed = "session.closed";
    /// <summary>Once per kind of refusal, not per attempt. Args: target, initiator, address, reason (a RefusalReason).</summary>
    public const string LoginRefused = "login.refused";

    /// <summary>The node's identity cannot be used; the node is a new one to its peer. Args: file.</summary>
    public const string EngineIdentityDamaged = "engine.identity-damaged";
    /// <summary>Args: address.</summary>
    public const string LinkListening = "link.listening";
    /// <summary>Args: address, reason.</summary>
    public const string LinkFailed = "link.failed";

    /// <summary>The two nodes have a connection. Args: task, address.</summary>
    public const string VolumeReplicationConnected = "volume-replication.connected";
    /// <summary>Args: task, reason.</summary>
    public const string VolumeReplicationDisconnected = "volume-replication.disconnected";
    /// <summary>Both nodes have the same, and writes go to both. Args: task.</summary>
    public const string VolumeReplicationInSync = "volume-replication.in-sync";
    /// <summary>Args: task, role (source or destination), size.</summary>
    public const string VolumeReplicationResyncStarted = "volume-replication.resync-started";
    /// <summary>Args: task, role.</summary>
    public const string VolumeReplicationResyncFinished = "volume-replication.resync-finished";
    /// <summary>The two nodes cannot replicate. Args: task, reason.</summary>
    public const string VolumeReplicationRefused = "volume-replication.refused";
    /// <summary>Args: task.</summary>
    public const string VolumeReplicationSplitBrain = "volume-replication.split-brain";
    /// <summary>Args: task, term.</summary>
    public const string VolumeReplicationBecameSource = "volume-replication.became-source";
    /// <summary>Args: task.</summary>
    public const string VolumeReplicationBecameDestination = "volume-replication.became-destination";
    /// <summary>Another node is in charge; this one has stopped. Args: task, term.</summary>
    public const string VolumeReplicationDeposed = "volume-replication.deposed";
    /// <summary>The source goes on without its peer and remembers what changes. Args: task.</summary>
    public const string VolumeReplicationAlone = "volume-replication.alone";
    /// <summary>Args: task, volume.</summary>
    public const string VolumeReplicationWithoutMedium = "volume-replication.without-medium";
    public const string VolumeReplicationDiskFailed = "volume-replication.disk-failed";
    /// <summary>Args: task.</summary>
    public const string VolumeReplicationPeerDiskFailed = "volume-replication.peer-disk-failed";
    /// <summary>The source's medium has failed, and it could not be noted that it is behind: the peer's is not used. Args: task.</summary>
    public const string VolumeReplicationBehindNotNoted = "volume-replication.behind-not-noted";
    /// <summary>Args: task.</summary>
    public const string VolumeReplicationOutdated = "volume-replication.outdated";
    /// <summary>Args: task, different (bytes, 0 if both are the same).</summary>
    public const string VolumeReplicationVerifyFinished = "volume-replication.verify-finished";
    /// <summary>Args: task, size.</summary>
    public const string VolumeReplicationGrown = "volume-replication.grown";
    /// <summary>A person gave up this node's side of a split brain. Args: task, snapshot.</summary>
    public const string VolumeReplicationYielded = "volume-replication.yielded";
    /// <summary>Args: task.</summary>
    public const string VolumeReplicationCleared = "volume-replication.cleared";
    /// <summary>A person made the node source although its data was not up to date. Args: task.</summary>
    public const string VolumeReplicationForced = "volume-replication.forced";
    /// <summary>The replicated volume cannot be opened. Args: task, reason.</summary>
    public const string VolumeReplicationFailed = "volume-replication.failed";

    /// <summary>The node's place in the pair. Args: state, term.</summary>
    public const string FailoverStateChanged = "failover.state-changed";
    public const string FailoverPeerSeen = "failover.peer-seen";
    public const string FailoverPeerSilent = "failover.peer-silent";
    /// <summary>Args: path (own address – peer's address).</summary>
    public const string FailoverPathUp = "failover.path-up";
    /// <summary>Args: path.</summary>
    public const string FailoverPathDown = "failover.path-down";
    /// <summary>Args: address.</summary>
    public const string FailoverPingNodeUp = "failover.ping-node-up";
    /// <summary>Args: address.</summary>
    public const string FailoverPingNodeDown = "failover.ping-node-down";
    /// <summary>Args: address.</summary>
    public const string FailoverWitnessReached = "failover.witness-reached";
    /// <summary>Args: address.</summary>
    public const string FailoverWitnessLost = "failover.witness-lost";
    /// <summary>Nobody renewed this node's leave to serve: it stopped. Args: term.</summary>
    public const string FailoverLeaseLapsed = "failover.lease-lapsed";
    /// <summary>The peer serves in a higher term; this node stopped. Args: term.</summary>
    public const string FailoverSuperseded = "failover.superseded";
    /// <summary>Args: term.</summary>
    public const string FailoverTakeoverStarted = "failover.takeover-started";
    /// <summary>Args: term, reason.</summary>
    public const string FailoverTakeoverRefused = "failover.takeover-refused";
    /// <summary>Args: step.</summary>
    public const string FailoverStepFailed = "failover.step-failed";
    /// <summary>A takeover is complete. Args: term, milliseconds.</summary>
    public const string FailoverTakeoverFinished = "failover.takeover-finished";
    public const string FailoverIsolated = "failover.isolated";
    public const string FailoverPingLost = "failover.ping-lost";
    /// <summary>The peer goes on alone; what this node has is outdated. Args: term.</summary>
    public const string FailoverYielded = "failover.yielded";
    /// <summary>A planned switch. Args: term.</summary>
    public const string FailoverSwitchStarted = "failover.switch-started";
    /// <summary>Args: reason.</summary>
    public const string FailoverSwitchFailed = "failover.switch-failed";
    /// <summary>Too many automatic switches: they are suspended for a while.</summary>
    public const string FailoverFlapping = "failover.flapping";
    /// <summary>The failover record cannot be written. Args: file.</summary>
    public const string FailoverRecordFailed = "failover.record-failed";
    /// <summary>The failover record cannot be used: this node serves nothing until it has heard its peer or the witness. Args: file.</summary>
    public const string FailoverRecordDamaged = "failover.record-damaged";
    /// <summary>A person made this node serve.</summary>
    public const string FailoverOperatorServes = "failover.operator-serves";
    /// <summary>A medium of the active node failed.</summary>
    public const string FailoverDiskLost = "failover.disk-lost";
    /// <summary>The guard took the virtual IP away and closed the port. Args: reason.</summary>
    public const string FailoverGuardCleared = "failover.guard-cleared";
    /// <summary>Somebody else has the virtual IP. Args: address, mac.</summary>
    public const string FailoverAddressConflict = "failover.address-conflict";
    public const string FailoverAddressConflictEnded = "failover.address-conflict-ended";
    /// <summary>A NIC lost or got its carrier. Args: nic, state (up or down).</summary>
    public const string NetworkNicChanged = "network.nic-changed";
}
