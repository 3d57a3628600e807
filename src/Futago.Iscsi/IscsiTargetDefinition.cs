using Futago.Iscsi.Names;
using Futago.Scsi.Transport;

namespace Futago.Iscsi;

/// <summary>A target as the server offers it: who it is, what is behind it, and who may log in.</summary>
/// <param name="Name">iSCSI name in normal form, see <see cref="IscsiName.TryParse"/>.</param>
/// <param name="PortalGroupTag">1 to 65,535; of a target that moves between the nodes of a pair the same on both.</param>
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
    /// <summary>Null: it is served whenever it is there.</summary>
    public ITargetGate? Gate { get; init; }

    /// <summary>Whether it can be found on this address of the node.</summary>
    internal bool IsOfferedAt(System.Net.IPAddress local) =>
        Gate?.IsOfferedAt(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local) != false;

    /// <exception cref="ArgumentException">The name is not in normal form, or the CHAP account is unsafe.</exception>
    internal void Validate()
    {
        if (!IscsiName.TryParse(Name, out var normal) || normal != Name)
            throw new ArgumentException($"'{Name}' is not an iSCSI name in normal form.");
        Chap?.Validate();
    }
}
