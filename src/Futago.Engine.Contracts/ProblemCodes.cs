namespace Futago.Engine.Contracts;

/// <summary>
/// Every code a <see cref="Problem"/> can carry. Append only: scripts and translations depend on the strings.
/// Each has an entry <c>Problem_…</c> in the console's resources (a test compares the two).
/// </summary>
public static class ProblemCodes
{
    public const string SizeInvalid = "size.invalid";
    public const string SizeTooLarge = "size.too-large";
    public const string SizeTooSmall = "size.too-small";
    public const string SizeShrink = "size.shrink";
    public const string NameInvalid = "name.invalid";
    public const string NameTaken = "name.taken";
    public const string ConfirmationMismatch = "confirmation.mismatch";

    public const string UnitNotFound = "unit.not-found";
    public const string UnitPathInvalid = "unit.path-invalid";
    public const string UnitExists = "unit.exists";
    public const string UnitInUse = "unit.in-use";
    public const string UnitHasData = "unit.has-data";
    public const string UnitTooSmall = "unit.too-small";
    public const string UnitDiskFull = "unit.disk-full";
    public const string UnitNoGroup = "unit.no-group";

    public const string GroupNotFound = "group.not-found";
    public const string GroupBusy = "group.busy";
    public const string GroupOffline = "group.offline";
    public const string GroupMissing = "group.missing";
    public const string GroupDamaged = "group.damaged";

    public const string VolumeNotFound = "volume.not-found";
    public const string VolumeInUse = "volume.in-use";
    public const string VolumeTypeUnsupported = "volume.type-unsupported";
    public const string VolumeInitialising = "volume.initialising";
    public const string VolumeFailed = "volume.failed";
    public const string VolumeLogUnusable = "volume.log-unusable";
    public const string VolumeConnected = "volume.connected";
    public const string VolumeHasSnapshots = "volume.has-snapshots";
    public const string VolumeNotNas = "volume.not-nas";
    public const string VolumeNotMounted = "volume.not-mounted";

    public const string SnapshotNotFound = "snapshot.not-found";
    public const string SnapshotInUse = "snapshot.in-use";
    public const string SnapshotProtected = "snapshot.protected";
    public const string SnapshotTooMany = "snapshot.too-many";
    public const string SnapshotDamaged = "snapshot.damaged";

    public const string ShareNotFound = "share.not-found";
    public const string ShareFolderInvalid = "share.folder-invalid";
    public const string ShareHostInvalid = "share.host-invalid";
    public const string ShareCommentInvalid = "share.comment-invalid";
    public const string ShareReadOnly = "share.read-only";
    public const string ShareUserNotFound = "share.user-not-found";
    public const string ShareUserInUse = "share.user-in-use";
    public const string SharePasswordInvalid = "share.password-invalid";
    public const string SmbUnavailable = "smb.unavailable";
    public const string SmbConnectionsUnreadable = "smb.connections-unreadable";

    public const string TargetNotFound = "target.not-found";
    public const string TargetNameInvalid = "target.name-invalid";
    public const string TargetStarted = "target.started";
    public const string TargetHasSessions = "target.has-sessions";
    public const string LunNotFound = "lun.not-found";
    public const string LunOutOfRange = "lun.out-of-range";
    public const string LunTaken = "lun.taken";
    public const string LunVolumeTaken = "lun.volume-taken";
    public const string LunScsiIdInvalid = "lun.scsi-id-invalid";
    public const string LunScsiIdTaken = "lun.scsi-id-taken";
    public const string LunBlockSizeInvalid = "lun.block-size-invalid";
    public const string LunIsCdRom = "lun.is-cd-rom";
    public const string LunIsDisk = "lun.is-disk";
    public const string IsoPathInvalid = "iso.path-invalid";
    public const string IsoNotFound = "iso.not-found";
    public const string IsoInvalid = "iso.invalid";
    public const string IsoChanging = "iso.changing";
    public const string AccessRuleInvalid = "access.rule-invalid";
    public const string AccessRuleNotFound = "access.rule-not-found";
    public const string AccessRuleTaken = "access.rule-taken";
    public const string ChapUserInvalid = "chap.user-invalid";
    public const string ChapSecretInvalid = "chap.secret-invalid";
    public const string ChapSecretSame = "chap.secret-same";
    public const string PortalInvalid = "portal.invalid";
    public const string PortalInUse = "portal.in-use";
    public const string SessionNotFound = "session.not-found";
    public const string TargetNotServed = "target.not-served";
    public const string ThresholdInvalid = "threshold.invalid";
    public const string CaptureNotFound = "capture.not-found";
    public const string CaptureRunning = "capture.running";
    public const string CaptureTooMany = "capture.too-many";
    public const string CaptureLimitInvalid = "capture.limit-invalid";

    public const string LinkUnreachable = "link.unreachable";
    public const string LinkTestRunning = "link.test-running";
    public const string LinkPortUnusable = "link.port-unusable";
    public const string PairCodeInvalid = "pair.code-invalid";
    public const string PairNoCode = "pair.no-code";
    public const string PairCodeExpired = "pair.code-expired";
    public const string PairCodeUsed = "pair.code-used";
    public const string PairCodeVoid = "pair.code-void";
    public const string PairCodeWrong = "pair.code-wrong";
    public const string PairAddressInvalid = "pair.address-invalid";
    public const string PairAddressNotOwn = "pair.address-not-own";
    public const string PairPortInvalid = "pair.port-invalid";
    public const string PairOwnAddress = "pair.own-address";
    public const string PairAlreadyPaired = "pair.already-paired";
    public const string PairOtherVersion = "pair.other-version";
    public const string PairNotANode = "pair.not-a-node";
    public const string PairCertificateMismatch = "pair.certificate-mismatch";
    public const string PairClockOff = "pair.clock-off";
    public const string PairUnreachable = "pair.unreachable";
    public const string PairNotPaired = "pair.not-paired";
    public const string PairInUse = "pair.in-use";
    public const string VolumeReplicationSizeDiffers = "volume-replication.size-differs";
    public const string VolumeReplicationDestinationInUse = "volume-replication.destination-in-use";
    public const string VolumeReplicationDestinationExists = "volume-replication.destination-exists";
    public const string VolumeReplicationOverwriteNeeded = "volume-replication.overwrite-needed";
    public const string VolumeReplicationUnfinished = "volume-replication.unfinished";
    public const string VolumeReplicationLocked = "volume-replication.locked";
    public const string VolumeReplicationConnected = "volume-replication.connected";
    public const string VolumeReplicationNotSynced = "volume-replication.not-synced";
    public const string VolumeReplicationNoSource = "volume-replication.no-source";
    public const string VolumeReplicationRolePending = "volume-replication.role-pending";
    public const string VolumeReplicationSwitchHalf = "volume-replication.switch-half";
    public const string ScheduleInvalid = "schedule.invalid";
    public const string SchedulePast = "schedule.past";
    public const string RetentionInvalid = "retention.invalid";
    public const string RetentionConfirm = "retention.confirm";
    public const string TaskNotFound = "task.not-found";
    public const string TaskRunning = "task.running";
    public const string RunNotFound = "task.run-not-found";
    public const string RunEnded = "task.run-ended";
    public const string ReplicationOptionInvalid = "replication.option-invalid";
    public const string ReplicationPathInvalid = "replication.path-invalid";
    public const string ReplicationSame = "replication.same";
    public const string AgentUnreachable = "agent.unreachable";
    public const string AgentCertificateChanged = "agent.certificate-changed";
    public const string AgentDenied = "agent.denied";
    public const string AgentShareUnknown = "agent.share-unknown";
    public const string AgentProtocol = "agent.protocol";
    public const string AgentUserInvalid = "agent.user-invalid";
    public const string AgentPasswordInvalid = "agent.password-invalid";
    public const string AgentAddressInvalid = "agent.address-invalid";
    public const string AgentRsyncMissing = "agent.rsync-missing";
    public const string AgentPortUnusable = "agent.port-unusable";
    public const string AgentShareNotMounted = "agent.share-not-mounted";
    public const string AgentShareNoFolder = "agent.share-no-folder";
    public const string AgentShareReadOnly = "agent.share-read-only";

    public const string VolumeReplicated = "volume.replicated";
    public const string SnapshotNotSource = "snapshot.not-source";
    public const string SnapshotInconsistent = "snapshot.inconsistent";
    public const string VolumeReplicationNotFound = "volume-replication.not-found";
    public const string VolumeReplicationInvalid = "volume-replication.invalid";
    public const string VolumeReplicationVolumeTaken = "volume-replication.volume-taken";
    public const string VolumeReplicationKind = "volume-replication.kind";
    public const string VolumeReplicationTypeDiffers = "volume-replication.type-differs";
    public const string VolumeReplicationInUse = "volume-replication.in-use";
    public const string VolumeReplicationNotMounted = "volume-replication.not-mounted";
    public const string VolumeReplicationLimitInvalid = "volume-replication.limit-invalid";
    public const string VolumeReplicationIsSource = "volume-replication.is-source";
    public const string VolumeReplicationNotSource = "volume-replication.not-source";
    public const string VolumeReplicationNotConnected = "volume-replication.not-connected";
    public const string VolumeReplicationNotUpToDate = "volume-replication.not-up-to-date";
    public const string VolumeReplicationOnlyCopy = "volume-replication.only-copy";
    public const string VolumeReplicationPeerIsSource = "volume-replication.peer-is-source";
    public const string VolumeReplicationBusy = "volume-replication.busy";
    public const string VolumeReplicationNothingToDo = "volume-replication.nothing-to-do";
    public const string VolumeReplicationSnapshotFailed = "volume-replication.snapshot-failed";
    public const string VolumeReplicationDiskFailed = "volume-replication.disk-failed";
    public const string VolumeReplicationNotRunning = "volume-replication.not-running";
    public const string VolumeReplicationMetadataDamaged = "volume-replication.metadata-damaged";
    public const string VolumeReplicationMetadataForeign = "volume-replication.metadata-foreign";
    public const string VolumeReplicationModeInvalid = "volume-replication.mode-invalid";
    /// <summary>Locked, because that is the volume's mode. Args: volume.</summary>
    public const string VolumeReplicationModeDestination = "volume-replication.mode-destination";
    /// <summary>No destination, because that is the volume's mode. Args: volume.</summary>
    public const string VolumeReplicationModeSource = "volume-replication.mode-source";
    /// <summary>Args: volume, task.</summary>
    public const string VolumeReplicationModeOfTask = "volume-replication.mode-of-task";
    /// <summary>Args: volume, bytes.</summary>
    public const string VolumeReplicationClearOnlyCopy = "volume-replication.clear-only-copy";
    /// <summary>Args: volume.</summary>
    public const string VolumeReplicationClearMixture = "volume-replication.clear-mixture";
    /// <summary>Args: volume, reason.</summary>
    public const string VolumeReplicationClearUnreadable = "volume-replication.clear-unreadable";
    public const string VolumeReplicationNotPaired = "volume-replication.not-paired";
    public const string VolumeReplicationPeerUnreachable = "volume-replication.peer-unreachable";
    public const string VolumeReplicationPeerUnknown = "volume-replication.peer-unknown";
    public const string VolumeReplicationStopped = "volume-replication.stopped";
    public const string VolumeReplicationWrongPeer = "volume-replication.wrong-peer";
    public const string VolumeReplicationNobodyHasData = "volume-replication.nobody-has-data";
    public const string VolumeReplicationSizeMismatch = "volume-replication.size-mismatch";
    public const string VolumeReplicationSplitBrain = "volume-replication.split-brain";
    public const string VolumeReplicationBothSource = "volume-replication.both-source";
    public const string VolumeReplicationSourceIsBehind = "volume-replication.source-is-behind";
    public const string VolumeReplicationUnrelated = "volume-replication.unrelated";
    public const string VolumeReplicationBothInconsistent = "volume-replication.both-inconsistent";
    public const string VolumeReplicationNoDisk = "volume-replication.no-disk";
    public const string VolumeReplicationReconnecting = "volume-replication.reconnecting";
    public const string VolumeReplicationBehind = "volume-replication.behind";
    /// <summary>The medium was lost while this node was source; the peer's has served since.</summary>
    public const string VolumeReplicationBehindPeer = "volume-replication.behind-peer";
    public const string VolumeReplicationPeerNotAsked = "volume-replication.peer-not-asked";
    public const string VolumeReplicationDemoting = "volume-replication.demoting";

    public const string FailoverNotConfigured = "failover.not-configured";
    public const string FailoverNas = "failover.nas";
    public const string FailoverInvalid = "failover.invalid";
    public const string FailoverNotRunning = "failover.not-running";
    /// <summary>Only the active node can do that.</summary>
    public const string FailoverNotActive = "failover.not-active";
    public const string FailoverAlreadyActive = "failover.already-active";
    public const string FailoverPeerSilent = "failover.peer-silent";
    public const string FailoverPeerActive = "failover.peer-active";
    public const string FailoverNotInSync = "failover.not-in-sync";
    public const string FailoverNotUpToDate = "failover.not-up-to-date";
    /// <summary>This node is the configured primary: there is nothing to fail back from.</summary>
    public const string FailoverIsPrimary = "failover.is-primary";
    public const string FailoverBusy = "failover.busy";
    public const string FailoverStepFailed = "failover.step-failed";
    public const string FailoverRefused = "failover.refused";
    public const string FailoverTimedOut = "failover.timed-out";
    public const string FailoverPassivePeerActive = "failover.passive-peer-active";
    public const string FailoverPassiveWaitingForPeer = "failover.passive-waiting-for-peer";
    public const string FailoverPassivePeerMayServe = "failover.passive-peer-may-serve";
    public const string FailoverPassiveNoAuthority = "failover.passive-no-authority";
    public const string FailoverPassiveDataNotUpToDate = "failover.passive-data-not-up-to-date";
    public const string FailoverPassiveYielded = "failover.passive-yielded";
    public const string FailoverPassivePeerHasNewerData = "failover.passive-peer-has-newer-data";
    public const string FailoverPassivePingLost = "failover.passive-ping-lost";
    public const string FailoverPassiveServiceAlive = "failover.passive-service-alive";
    public const string FailoverPassiveMaintenance = "failover.passive-maintenance";
    public const string FailoverPassiveSplitBrain = "failover.passive-split-brain";
    public const string FailoverPassiveRetryPause = "failover.passive-retry-pause";
    public const string FailoverPassivePeerPreferred = "failover.passive-peer-preferred";
    /// <summary>The witness cannot be used. Args: address, reason.</summary>
    public const string WitnessUnusable = "failover.witness-unusable";
    public const string PairNeededByFailover = "pair.needed-by-failover";
    public const string FailoverExists = "failover.exists";
    public const string FailoverExistsAtPeer = "failover.exists-at-peer";
    public const string FailoverRunning = "failover.running";
    public const string FailoverAddressConflict = "failover.address-conflict";
    public const string FailoverAddressInvalid = "failover.address-invalid";
    public const string FailoverTooMany = "failover.too-many";
    public const string FailoverSetUpRunning = "failover.set-up-running";
    public const string FailoverTwice = "failover.twice";
    public const string FailoverTaskUnknown = "failover.task-unknown";
    public const string FailoverSourcesMixed = "failover.sources-mixed";
    public const string FailoverNicUnknown = "failover.nic-unknown";
    public const string FailoverNicOutsideNetwork = "failover.nic-outside-network";
    public const string FailoverNoCommonNetwork = "failover.no-common-network";
    public const string FailoverVirtualIpOwn = "failover.virtual-ip-own";
    public const string FailoverPingNodeIsNode = "failover.ping-node-is-node";
    public const string FailoverPolicyImpossible = "failover.policy-impossible";
    /// <summary>A change was cut off: it is not certain that both nodes have the same.</summary>
    public const string FailoverUnfinished = "failover.unfinished";
    public const string FailoverSettingsDiffer = "failover.settings-differ";
    public const string FailoverTargetsDiffer = "failover.targets-differ";
    public const string FailoverTargetRefused = "failover.target-refused";
    public const string FailoverTargetMixed = "failover.target-mixed";
    public const string FailoverNoPortal = "failover.no-portal";
    public const string FailoverTaskInUse = "failover.task-in-use";
    public const string FailoverDecidesRoles = "failover.decides-roles";
    public const string FailoverIncomplete = "failover.incomplete";
    public const string FailoverKeyLost = "failover.key-lost";
    public const string NicNotFound = "network.nic-not-found";
    public const string AddressInvalid = "network.address-invalid";

    public const string ConfigurationStale = "configuration.stale";
    public const string ConfigurationInvalid = "configuration.invalid";
    public const string EngineUnreachable = "engine.unreachable";
    public const string EngineStatusUnreadable = "engine.status-unreadable";
    public const string ConsoleUnreachable = "console.unreachable";
    public const string DatabaseUnreachable = "database.unreachable";
    public const string Unauthorized = "auth.unauthorized";
    public const string Forbidden = "auth.forbidden";
    public const string SignInFailed = "auth.sign-in-failed";
    public const string SignInLocked = "auth.locked-out";
    public const string SetupCodeWrong = "auth.setup-code-wrong";
    public const string SetupDone = "auth.setup-done";
    public const string TooManyRequests = "auth.too-many-requests";
    public const string UserNotFound = "user.not-found";
    public const string UserLast = "user.last-administrator";
    public const string PasswordInvalid = "user.password-invalid";
    public const string PasswordMismatch = "user.password-mismatch";
    public const string CurrentPasswordWrong = "user.current-password-wrong";
    public const string TokenNotFound = "token.not-found";
    public const string RequestMalformed = "request.malformed";
    public const string Internal = "internal";
}
