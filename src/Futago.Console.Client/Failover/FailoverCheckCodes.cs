namespace Futago.Console.Client.Failover;

/// <summary>
/// What the checks before a start come to. Append only; each has an entry <c>Problem_…</c> in the console's resources, also
/// those that are no problem.
/// </summary>
public static class FailoverCheckCodes
{
    public const string NotPaired = "failover-check.not-paired";
    public const string PeerSilent = "failover-check.peer-silent";
    public const string PeerAnswers = "failover-check.peer-answers";
    public const string EngineSilent = "failover-check.engine-silent";
    public const string ClockUnknown = "failover-check.clock-unknown";
    public const string ClockOff = "failover-check.clock-off";
    public const string ClockGood = "failover-check.clock-good";
    public const string VersionDiffers = "failover-check.version-differs";
    public const string VersionSame = "failover-check.version-same";
    public const string SettingsSame = "failover-check.settings-same";
    public const string NoTask = "failover-check.no-task";
    public const string NewVolumes = "failover-check.new-volumes";
    public const string TaskMissing = "failover-check.task-missing";
    public const string TaskStopped = "failover-check.task-stopped";
    public const string TaskSizeDiffers = "failover-check.task-size-differs";
    public const string TaskNotConnected = "failover-check.task-not-connected";
    public const string TaskNotSynced = "failover-check.task-not-synced";
    public const string TaskReady = "failover-check.task-ready";
    public const string SourceIsSecondary = "failover-check.source-is-secondary";
    public const string SpaceLow = "failover-check.space-low";
    public const string SpaceGood = "failover-check.space-good";
    public const string NoTarget = "failover-check.no-target";
    public const string TargetsSame = "failover-check.targets-same";
    public const string TargetStopped = "failover-check.target-stopped";
    public const string LunNotReplicated = "failover-check.lun-not-replicated";
    public const string LunWriteBack = "failover-check.lun-write-back";
    public const string LunReadOnly = "failover-check.lun-read-only";
    public const string NoLunZero = "failover-check.no-lun-zero";
    public const string NoVirtualIp = "failover-check.no-virtual-ip";
    public const string NicMissing = "failover-check.nic-missing";
    public const string NicDown = "failover-check.nic-down";
    public const string NotProbed = "failover-check.not-probed";
    public const string VirtualIpOwn = "failover-check.virtual-ip-own";
    public const string VirtualIpTaken = "failover-check.virtual-ip-taken";
    public const string VirtualIpFree = "failover-check.virtual-ip-free";
    public const string SinglePath = "failover-check.single-path";
    public const string PathSilent = "failover-check.path-silent";
    public const string PathOneWay = "failover-check.path-one-way";
    public const string PathGood = "failover-check.path-good";
    public const string PathAddressGone = "failover-check.path-address-gone";
    public const string MtuDiffers = "failover-check.mtu-differs";
    public const string MtuSame = "failover-check.mtu-same";
    public const string NoPingNode = "failover-check.no-ping-node";
    public const string PingNodeSilent = "failover-check.ping-node-silent";
    public const string PingNodeAnswers = "failover-check.ping-node-answers";
    public const string PingOnly = "failover-check.ping-only";
    public const string Manual = "failover-check.manual";
    public const string WitnessSilent = "failover-check.witness-silent";
    public const string WitnessAnswers = "failover-check.witness-answers";
}
