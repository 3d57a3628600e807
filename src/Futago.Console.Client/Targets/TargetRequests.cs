namespace Futago.Console.Client.Targets;

/// <param name="Name">Null for the default name, built from the host's name and the date.</param>
public sealed record CreateTargetRequest(string? Name = null, string? Alias = null);

/// <summary>Changes to a target; null leaves a property as it is, an empty string clears it.</summary>
/// <param name="ChapUser">Set together with <paramref name="ChapSecret"/>; empty turns CHAP off (mutual CHAP too).</param>
/// <param name="MutualUser">Set together with <paramref name="MutualSecret"/>; empty turns mutual CHAP off.</param>
public sealed record UpdateTargetRequest(
    string? Alias = null,
    string? ChapUser = null,
    string? ChapSecret = null,
    string? MutualUser = null,
    string? MutualSecret = null)
{
    /// <summary>Never the secrets: records print their members, and logs print records.</summary>
    public override string ToString() => $"UpdateTargetRequest {{ Alias = {Alias}, ChapUser = {ChapUser}, MutualUser = {MutualUser} }}";
}

/// <param name="Volume">Path (<c>vg00/lv0000</c>) of an iSCSI volume, or of a snapshot of one. Null with <paramref name="Iso"/>.</param>
/// <param name="Lun">0–255; null for the lowest free number.</param>
/// <param name="ScsiId">16 or 32 hexadecimal digits; null for a new unique one.</param>
/// <param name="BlockSize">512 or 4096 bytes; not for a CD-ROM, which has 2048.</param>
/// <param name="Iso">
/// In place of a volume: an ISO image on a NAS volume (<c>vg00/nas0:/iso/debian.iso</c>), offered as a CD-ROM, which is always read-only and
/// removable.
/// </param>
public sealed record AddLunRequest(
    string? Volume,
    int? Lun = null,
    string? ScsiId = null,
    bool ReadOnly = false,
    bool WriteBack = false,
    int BlockSize = 512,
    bool Removable = false,
    string? Iso = null);

/// <summary>Changes to a LUN; null leaves a property as it is. The block size of a LUN and the volume of a disk never change.</summary>
/// <param name="ReadOnly">Not for a CD-ROM, as the two after it.</param>
/// <param name="Iso">Only for a CD-ROM: another disc. Initiators are told that the medium was changed.</param>
public sealed record UpdateLunRequest(
    int? Lun = null, string? ScsiId = null, bool? ReadOnly = null, bool? WriteBack = null, bool? Removable = null, string? Iso = null);

/// <summary>Exactly one of the two.</summary>
/// <param name="Address">IP address, subnet in CIDR form, or <c>ALL</c>.</param>
/// <param name="Initiator">Initiator name.</param>
public sealed record AllowRequest(string? Address = null, string? Initiator = null);
