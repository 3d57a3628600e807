namespace Futago.Volumes;

/// <summary>Codes of <see cref="StoragePhrase"/>. The strings are those of the engine's contract (a test compares the two).</summary>
public static class StoragePhraseCodes
{
    public const string UsedByTarget = "used-by.target";
    public const string UsedByShare = "used-by.share";
    public const string UsedByVolumeReplication = "used-by.volume-replication";
    public const string UsedByDataReplication = "used-by.data-replication";

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

    public const string ReasonDataFileMissing = "reason.data-file-missing";
    public const string ReasonDataFileShort = "reason.data-file-short";
    public const string ReasonMetadataUnusable = "reason.metadata-unusable";
    public const string ReasonRollingBack = "reason.rolling-back";
}
