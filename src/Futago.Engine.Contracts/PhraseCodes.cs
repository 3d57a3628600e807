namespace Futago.Engine.Contracts;

/// <summary>
/// Every code a <see cref="Phrase"/> can carry. Append only. Each has an entry <c>Phrase_…</c> in the console's resources (a test
/// compares the two).
/// </summary>
public static class PhraseCodes
{
    public const string UsedByTarget = "used-by.target";
    public const string UsedByStartedTarget = "used-by.started-target";
    public const string UsedByStoppedTarget = "used-by.stopped-target";
    public const string UsedByShare = "used-by.share";
    public const string UsedByVolumeReplication = "used-by.volume-replication";
    public const string UsedByDataReplication = "used-by.data-replication";
    public const string UsedByDestinationMode = "used-by.destination-mode";

    public const string ContentMounted = "content.mounted";
    public const string ContentSwap = "content.swap";
    public const string ContentHolder = "content.holder";
    public const string ContentFileSystem = "content.file-system";
    public const string ContentSwapSpace = "content.swap-space";
    public const string ContentLvm = "content.lvm";
    public const string ContentLuks = "content.luks";
    public const string ContentRaid = "content.raid";
    public const string ContentSignature = "content.signature";
    public const string ContentSeveral = "content.several";
    public const string ContentPartitionTable = "content.partition-table";
    public const string ContentUnreadable = "content.unreadable";
    public const string ContentUnexaminable = "content.unexaminable";
    public const string ContentGroup = "content.group";
    public const string ContentGroupUnusable = "content.group-unusable";
    public const string ContentGroupUnfinished = "content.group-unfinished";

    /// <summary>Of a problem's argument <c>reasonCode</c>, beside its English <c>reason</c>; what it mentions is in the problem's other arguments.</summary>
    public const string ReasonWaitsForPeer = "reason.waits-for-peer";
    public const string ReasonNoAnswer = "reason.no-answer";
    public const string ReasonPeerVolumeClosed = "reason.peer-volume-closed";
    public const string ReasonProgramNotRun = "reason.program-not-run";
    public const string ReasonProgramSlow = "reason.program-slow";
    public const string ReasonProgramFailed = "reason.program-failed";
    public const string ReasonProgramUnreadable = "reason.program-unreadable";
    public const string ReasonDataFileMissing = "reason.data-file-missing";
    public const string ReasonDataFileShort = "reason.data-file-short";
    public const string ReasonMetadataUnusable = "reason.metadata-unusable";
    public const string ReasonRollingBack = "reason.rolling-back";
    public const string ReasonFlushFailed = "reason.flush-failed";
    public const string ReasonMediumFailed = "reason.medium-failed";

    /// <summary>What the system says, by the name of its error number: found by its words wherever a reason has them.</summary>
    public const string Enospc = "errno.enospc";
    public const string Eio = "errno.eio";
    public const string Eacces = "errno.eacces";
    public const string Eperm = "errno.eperm";
    public const string Erofs = "errno.erofs";
    public const string Ebusy = "errno.ebusy";
    public const string Enoent = "errno.enoent";
    public const string Eexist = "errno.eexist";
    public const string Einval = "errno.einval";
    public const string Emfile = "errno.emfile";
    public const string Enfile = "errno.enfile";
    public const string Enomem = "errno.enomem";
    public const string Etimedout = "errno.etimedout";
    public const string Econnrefused = "errno.econnrefused";
    public const string Econnreset = "errno.econnreset";
    public const string Epipe = "errno.epipe";
    public const string Ehostunreach = "errno.ehostunreach";
    public const string Enetunreach = "errno.enetunreach";
    public const string Eaddrinuse = "errno.eaddrinuse";
    public const string Eaddrnotavail = "errno.eaddrnotavail";
    public const string Enodev = "errno.enodev";
    public const string Enxio = "errno.enxio";
    public const string Edquot = "errno.edquot";
    public const string Efbig = "errno.efbig";
}
