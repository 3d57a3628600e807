using System.Security;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Components.Presentation;

/// <summary>What to type on an initiator's machine to use a target. The secret is never known here: a placeholder stands for it.</summary>
public sealed class ConnectCommands(string target, PortalConfiguration portal, string? chapUser, string secret)
{
    private readonly string _portal = Portal(portal);

    /// <summary>open-iscsi: discover, set CHAP, log in, look, log out.</summary>
    public string Linux => Lines(
        $"iscsiadm -m discovery -t sendtargets -p {_portal}",
        chapUser is null ? null : $"iscsiadm -m node -T {target} -p {_portal} -o update -n node.session.auth.authmethod -v CHAP",
        chapUser is null ? null : $"iscsiadm -m node -T {target} -p {_portal} -o update -n node.session.auth.username -v {Shell(chapUser)}",
        chapUser is null ? null : $"iscsiadm -m node -T {target} -p {_portal} -o update -n node.session.auth.password -v {Shell(secret)}",
        $"iscsiadm -m node -T {target} -p {_portal} --login",
        "iscsiadm -m session -P 3",
        $"iscsiadm -m node -T {target} -p {_portal} --logout");

    /// <summary>The Windows initiator, from an elevated PowerShell.</summary>
    public string Windows => Lines(
        "Set-Service MSiSCSI -StartupType Automatic",
        "Start-Service MSiSCSI",
        $"New-IscsiTargetPortal -TargetPortalAddress {portal.Address} -TargetPortalPortNumber {portal.Port}",
        $"Connect-IscsiTarget -NodeAddress {target} -TargetPortalAddress {portal.Address} -TargetPortalPortNumber {portal.Port} -IsPersistent $true"
            + (chapUser is null ? "" : $" -AuthenticationType ONEWAYCHAP -ChapUsername {PowerShell(chapUser)} -ChapSecret {PowerShell(secret)}"),
        "Get-IscsiSession | Get-Disk");

    /// <summary>The software initiator of VMware ESXi.</summary>
    public string Esxi => Lines(
        "esxcli iscsi software set --enabled=true",
        "ADAPTER=$(esxcli iscsi adapter list | awk '/iscsi_vmk/ {print $1}')",
        chapUser is null ? null : $"esxcli iscsi adapter auth chap set --adapter=$ADAPTER --direction=uni --level=required --authname={Shell(chapUser)} --secret={Shell(secret)}",
        $"esxcli iscsi adapter discovery sendtarget add --adapter=$ADAPTER --address={_portal}",
        "esxcli storage core adapter rescan --adapter=$ADAPTER",
        "esxcli iscsi session list --adapter=$ADAPTER");

    /// <summary>A libvirt storage pool.</summary>
    public string Libvirt => Lines(
        "<pool type='iscsi'>",
        "  <name>futago</name>",
        "  <source>",
        $"    <host name='{Xml(portal.Address)}' port='{portal.Port}'/>",
        $"    <device path='{Xml(target)}'/>",
        chapUser is null ? null : $"    <auth type='chap' username='{Xml(chapUser)}'>",
        chapUser is null ? null : "      <secret usage='futago'/>",
        chapUser is null ? null : "    </auth>",
        "  </source>",
        "  <target>",
        "    <path>/dev/disk/by-path</path>",
        "  </target>",
        "</pool>");

    /// <summary>Address and port as initiators write them: IPv6 addresses in brackets.</summary>
    public static string Portal(PortalConfiguration portal) =>
        portal.Address.Contains(':', StringComparison.Ordinal) ? $"[{portal.Address}]:{portal.Port}" : $"{portal.Address}:{portal.Port}";

    private static string Lines(params string?[] lines) => string.Join('\n', lines.Where(line => line is not null));

    private static string Shell(string value) => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string PowerShell(string value) => "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static string Xml(string value) => SecurityElement.Escape(value);
}
