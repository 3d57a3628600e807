using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Futago.Volumes.Linux;

/// <summary>mount(2), umount(2) and the list of what is mounted in this mount namespace.</summary>
internal static class Mounts
{
    private const nuint GroupFlags = LibC.MS_NOATIME | LibC.MS_NODEV | LibC.MS_NOSUID | LibC.MS_NOEXEC;

    /// <exception cref="Win32Exception">The kernel refused; the message is the system's.</exception>
    public static void MountXfs(string device, string mountPoint)
    {
        if (LibC.Mount(device, mountPoint, "xfs", GroupFlags, "nodiscard") != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// A NAS file system. nouuid, because a clone of a volume has the identifier of its origin. What users delete from a thin volume
    /// goes back to the group.
    /// </summary>
    public static void MountNas(string device, string mountPoint, bool discard)
    {
        if (LibC.Mount(device, mountPoint, "xfs", GroupFlags, discard ? "nouuid,discard" : "nouuid") != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// For looking inside without changing a byte: no log recovery. nouuid, because the unit may be a copy of one that is online.
    /// </summary>
    public static void MountXfsForReading(string device, string mountPoint)
    {
        if (LibC.Mount(device, mountPoint, "xfs", GroupFlags | LibC.MS_RDONLY, "norecovery,nouuid") != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <returns>False when something still uses the file system.</returns>
    public static bool TryUnmount(string mountPoint)
    {
        if (LibC.Umount2(mountPoint, 0) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            LibC.EINVAL => true, // not mounted
            LibC.EBUSY => false,
            _ => throw new Win32Exception(error),
        };
    }

    /// <summary>Takes the file system out of sight at once; the kernel releases it when its last user is gone.</summary>
    public static void Detach(string mountPoint) => _ = LibC.Umount2(mountPoint, LibC.MNT_DETACH);

    /// <summary>Ends a FUSE file system whose server is gone or stuck: everything that waits for an answer of it gets an error.</summary>
    public static void Abort(string mountPoint)
    {
        // The connection is aborted also when the file system is in use and stays.
        if (LibC.Umount2(mountPoint, LibC.MNT_FORCE) != 0)
            Detach(mountPoint);
    }

    public static IReadOnlyList<MountEntry> List() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Lines of proc_pid_mountinfo(5): <c>36 35 98:0 /root /mount/point options … - type source super-options</c>.</summary>
    internal static IReadOnlyList<MountEntry> Parse(IEnumerable<string> lines)
    {
        var entries = new List<MountEntry>();
        foreach (var line in lines)
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 6 || fields.Length < separator + 3)
                continue;
            entries.Add(new MountEntry(fields[2], Unescape(fields[4]), fields[separator + 1], Unescape(fields[separator + 2])));
        }
        return entries;
    }

    /// <summary>Blanks, tabs, newlines and backslashes come as <c>\ooo</c>.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var text = new StringBuilder();
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && int.TryParse(field.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var octal))
            {
                text.Append((char)(octal / 100 * 64 + octal / 10 % 10 * 8 + octal % 10));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }
        return text.ToString();
    }
}
