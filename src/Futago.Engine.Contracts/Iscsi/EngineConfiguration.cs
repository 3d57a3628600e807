using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Replication;

namespace Futago.Engine.Contracts.Iscsi;

/// <summary>
/// The whole desired configuration of a node: one document that the console pushes and the engine validates, applies and keeps.
/// Applying never deletes data; it only changes what is served and to whom.
/// </summary>
/// <param name="Revision">Grows with every change. The engine refuses a lower one, so that an old console cannot undo a newer push.</param>
/// <param name="NodeName">Appears in events and as the alias default; 1–63 letters, digits and hyphens.</param>
/// <param name="Agent">The data replication agent; null is off.</param>
/// <param name="Peer">The other node of the pair; null while there is none.</param>
public sealed record EngineConfiguration(
    long Revision,
    string NodeName,
    IReadOnlyList<PortalConfiguration> Portals,
    IReadOnlyList<TargetConfiguration> Targets,
    PeerConfiguration? Peer = null,
    AgentConfiguration? Agent = null)
{
    /// <summary>Volumes that are replicated to or from the peer; see docs/protocol/replication-link.md.</summary>
    public IReadOnlyList<ReplicationConfiguration> Replications { get; init; } = [];

    /// <summary>Null while there is no failover.</summary>
    public FailoverConfiguration? Failover { get; init; }
}

/// <summary>An address that the iSCSI service listens on. <c>0.0.0.0</c> and <c>::</c> listen on all.</summary>
public sealed record PortalConfiguration(string Address, int Port);

/// <param name="Name">iSCSI name, RFC 7143 section 4.2.7, normalised to lower case.</param>
/// <param name="Started">A target that is not started is invisible to initiators.</param>
/// <param name="Chap">Null: no CHAP; the access rules alone decide.</param>
public sealed record TargetConfiguration(
    Guid Id,
    string Name,
    string? Alias,
    bool Started,
    IReadOnlyList<LunConfiguration> Luns,
    IReadOnlyList<AccessRuleConfiguration> AccessRules,
    ChapConfiguration? Chap)
{
    /// <summary>
    /// CD-ROM drives, which have numbers among those of <see cref="Luns"/>. A list of their own: an engine that does not know of them leaves
    /// them out, where it would serve the file system that the image is in as a disk.
    /// </summary>
    public IReadOnlyList<CdRomConfiguration> CdRoms { get; init; } = [];
}

/// <summary>An ISO image, offered as a CD-ROM drive with that disc.</summary>
/// <param name="Lun">0–255.</param>
/// <param name="VolumeId">The NAS volume that holds the file.</param>
/// <param name="Image">Path below the root of its file system, as <see cref="IsoPath"/> has it.</param>
/// <param name="ScsiId">16 or 32 hexadecimal digits, as of a <see cref="LunConfiguration"/>.</param>
/// <param name="Serial">1–32 printable ASCII characters.</param>
public sealed record CdRomConfiguration(int Lun, Guid VolumeId, string Image, string ScsiId, string Serial);

/// <param name="Lun">0–255.</param>
/// <param name="ScsiId">16 or 32 hexadecimal digits: the device's identity for ever; see docs/protocol/scsi-identity.md.</param>
/// <param name="Serial">Unit serial number (VPD 80h), 1–32 printable ASCII characters.</param>
/// <param name="WriteBack">True: acknowledged from cache, durable at SYNCHRONIZE CACHE or FUA, and reported so to the initiator.</param>
/// <param name="BlockSize">512 or 4096.</param>
public sealed record LunConfiguration(
    int Lun,
    Guid VolumeId,
    string ScsiId,
    string Serial,
    bool ReadOnly,
    bool WriteBack,
    int BlockSize,
    bool Removable);

/// <summary>Lets initiators in. Exactly one of the two is set. A target without rules lets nobody in.</summary>
/// <param name="Address">IP address or subnet in CIDR form (<c>10.77.0.0/24</c>), or <c>ALL</c>.</param>
/// <param name="Initiator">Initiator name (IQN, EUI or NAA), compared without regard to case.</param>
public sealed record AccessRuleConfiguration(string? Address, string? Initiator);

/// <summary>CHAP accounts. Secrets are 12–16 ASCII characters (the range that the Windows initiator accepts) and differ.</summary>
/// <param name="MutualUser">Set together with its secret: the target proves itself to the initiator as well.</param>
public sealed record ChapConfiguration(string User, string Secret, string? MutualUser, string? MutualSecret)
{
    /// <summary>Never the secrets: records print their members, and logs print records.</summary>
    public override string ToString() => $"ChapConfiguration {{ User = {User}, MutualUser = {MutualUser} }}";
}

/// <param name="Problems">Objects that were accepted but cannot be served now (volume missing, portal in use), by object name.</param>
public sealed record ApplyResult(long Revision, IReadOnlyList<ObjectProblem> Problems);

public sealed record ObjectProblem(string Object, Problem Problem);
