using Futago.Iscsi.Names;
using Futago.Scsi.Transport;

namespace Futago.Iscsi;

/// <summary>A target as the server offers it: who it is, what is behind it, and who may log in.</summary>
/// <param name="Name">iSCSI name in normal form, see <see cref="IscsiName.TryParse"/>.</param>
/// <param name="PortalGroupTag">1 to 65,535; different on the two nodes of a pair.</param>
/// <param name="AccessRules">Any one that matches lets the initiator in. Empty: nobody.</param>
/// <param name="Chap">Null: no CHAP; the access rules alone decide.</param>
public sealed record IscsiTargetDefinition(
    string Name,
    string? Alias,
    ushort PortalGroupTag,
    IScsiTarget Scsi,
    IReadOnlyList<AccessRule> AccessRules,
    ChapAccount? Chap)
{
    /// <exception cref="ArgumentException">The name is not in normal form, or the CHAP account is unsafe.</exception>
    internal void Validate()
    {
        if (!IscsiName.TryParse(Name, out var normal) || normal != Name)
            throw new ArgumentException($"'{Name}' is not an iSCSI name in normal form.");
        Chap?.Validate();
    }
}
