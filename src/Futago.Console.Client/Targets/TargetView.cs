using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Client.Targets;

/// <summary>A target as configured, together with what the engine reports of it.</summary>
/// <param name="Started">What the administrator wants.</param>
/// <param name="Status">What the engine does; null while the engine is not reachable or has not applied the configuration yet.</param>
/// <param name="ChapUser">Null: no CHAP. Secrets are never returned.</param>
public sealed record TargetView(
    Guid Id,
    string Name,
    string? Alias,
    bool Started,
    DateTimeOffset CreatedAt,
    IReadOnlyList<LunView> Luns,
    IReadOnlyList<AccessRuleView> AccessRules,
    string? ChapUser,
    string? MutualUser,
    TargetStatus? Status);

/// <param name="Volume">Path of the volume (<c>vg00/lv0000</c>); null when the volume is gone.</param>
public sealed record LunView(
    int Lun,
    Guid VolumeId,
    string? Volume,
    string ScsiId,
    string Serial,
    bool ReadOnly,
    bool WriteBack,
    int BlockSize,
    bool Removable);

/// <summary>Exactly one of <paramref name="Address"/> and <paramref name="Initiator"/> is set.</summary>
public sealed record AccessRuleView(Guid Id, string? Address, string? Initiator);
