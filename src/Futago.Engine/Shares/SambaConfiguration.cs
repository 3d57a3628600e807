using System.Globalization;
using System.Text;
using Futago.Volumes.Snapshots;

namespace Futago.Engine.Shares;

/// <summary>Writes smb.conf(5) from values that <see cref="ShareRules"/> has let through.</summary>
internal static class SambaConfiguration
{
    public static string Write(SambaPaths paths, int port, IEnumerable<(StoredShare Share, string Directory)> shares)
    {
        var served = shares.OrderBy(s => s.Share.Name, StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        Section(text, "global",
            ("workgroup", "WORKGROUP"),
            ("netbios name", "FUTAGO"),
            ("server string", "Futago"),
            ("server role", "standalone server"),
            ("server min protocol", "SMB2_10"),
            ("disable netbios", "yes"),
            ("smb ports", port.ToString(CultureInfo.InvariantCulture)),
            ("passdb backend", $"tdbsam:{paths.PasswordDatabase}"),
            ("private dir", paths.RuntimeDirectory),
            ("lock directory", paths.RuntimeDirectory),
            ("state directory", paths.RuntimeDirectory),
            ("cache directory", paths.RuntimeDirectory),
            ("pid directory", paths.RuntimeDirectory),
            ("ncalrpc dir", Path.Combine(paths.RuntimeDirectory, "ncalrpc")),
            ("log file", paths.LogFile),
            ("max log size", "4096"),
            ("load printers", "no"),
            ("printing", "bsd"),
            ("printcap name", "/dev/null"),
            ("disable spoolss", "yes"),
            ("usershare max shares", "0"),
            ("dns proxy", "no"),
            // Links in a share that lead out of it are not followed.
            ("unix extensions", "no"),
            ("allow insecure wide links", "no"),
            ("guest account", SambaAccounts.GuestName),
            ("map to guest", served.Exists(s => s.Share.Guest) ? "Bad User" : "Never"));
        foreach (var (share, directory) in served)
        {
            Section(text, share.Name,
                ("path", directory),
                ("comment", share.Comment ?? ""),
                ("read only", share.ReadOnly || share.SnapshotId is not null ? "yes" : "no"),
                ("guest ok", share.Guest ? "yes" : "no"),
                ("valid users", string.Join(' ', share.Guest && share.Users.Count > 0 ? share.Users.Append(SambaAccounts.GuestName) : share.Users)),
                ("hosts allow", string.Join(' ', share.AllowedHosts)),
                ("hosts deny", share.AllowedHosts.Count > 0 ? "ALL" : ""),
                ("wide links", "no"),
                ("veto files", $"/{NasSentinel.OwnPrefix}*/"),
                ("create mask", "0770"),
                ("force create mode", "0660"),
                ("directory mask", "2770"),
                ("force directory mode", "2770"));
        }
        return text.ToString();
    }

    private static void Section(StringBuilder text, string name, params (string Name, string Value)[] settings)
    {
        text.Append('[').Append(name).Append("]\n");
        foreach (var (setting, value) in settings.Where(s => s.Value.Length > 0))
            text.Append('\t').Append(setting).Append(" = ").Append(Checked(value)).Append('\n');
        text.Append('\n');
    }

    /// <summary>The last line of defence: paths of the machine come here too.</summary>
    private static string Checked(string value) => value.Any(c => char.IsControl(c) || c is '%') || value[^1] == '\\'
        ? throw new InvalidOperationException("A value cannot stand in smb.conf.")
        : value;
}
