namespace Futago.Scsi;

public sealed record ScsiTargetOptions
{
    /// <summary>iSCSI name of the target, lower case; appears in the designators of its port.</summary>
    public required string Name { get; init; }

    /// <summary>Target portal group tag: relative target port identifier and target port group, 1 to 65535.</summary>
    public ushort PortalGroupTag { get; init; } = 1;
}
