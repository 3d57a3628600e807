using System.Text.Json.Serialization;
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
/// <param name="Image">Of a CD-ROM the ISO image in the NAS volume (<c>/iso/debian.iso</c>); null for a disk.</param>
public sealed record LunView(
    int Lun,
    Guid VolumeId,
    string? Volume,
    string ScsiId,
    string Serial,
    bool ReadOnly,
    bool WriteBack,
    int BlockSize,
    bool Removable,
    string? Image = null)
{
    /// <summary><c>disk</c> or <c>cd-rom</c>.</summary>
    public string Type => Image is null ? "disk" : "cd-rom";

    /// <summary>What the LUN is: the volume, with the image in it; null when the volume is gone.</summary>
    [JsonIgnore]
    public string? Source => Volume is null || Image is null ? Volume : IsoPath.Format(Volume, Image);
}

/// <summary>Exactly one of <paramref name="Address"/> and <paramref name="Initiator"/> is set.</summary>
public sealed record AccessRuleView(Guid Id, string? Address, string? Initiator);
