using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Futago.Guard;

/// <summary>
/// The FUSE file systems that an engine serves (replicated NAS volumes). The kernel aborts them when the engine has ended; but a thread of the
/// engine that waits in the kernel for one of them keeps the engine from ending, and would wait for ever.
/// </summary>
internal static partial class ServedMounts
{
    private const string FileSystem = "fuse.futago";
    private const int MNT_FORCE = 1;

    /// <summary>Everything that waits for an answer of this process gets an error. It does not serve any more: it has been ended.</summary>
    /// <returns>How many there were.</returns>
    public static int Abort(int processId)
    {
        var mountPoints = Find(File.ReadLines("/proc/self/mountinfo"), processId);
        foreach (var mountPoint in mountPoints)
        {
            // The connection is aborted also when the file system is in use and stays; the next engine takes it away.
            _ = Unmount(mountPoint, MNT_FORCE);
        }
        return mountPoints.Count;
    }

    /// <summary>Lines of proc_pid_mountinfo(5): <c>36 35 0:50 / /mount/point options … - fuse.futago futago-PID super-options</c>.</summary>
    internal static IReadOnlyList<string> Find(IEnumerable<string> lines, int processId)
    {
        var source = string.Create(CultureInfo.InvariantCulture, $"futago-{processId}");
        return
        [
            .. from line in lines
               let fields = line.Split(' ')
               let separator = Array.IndexOf(fields, "-")
               where separator >= 6 && fields.Length >= separator + 3 && fields[separator + 1] == FileSystem && fields[separator + 2] == source
               select Unescape(fields[4]),
        ];
    }

    /// <summary>Blanks, tabs, newlines and backslashes come as <c>\ooo</c>.</summary>
    private static string Unescape(string field)
    {
        var text = new StringBuilder();
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                text.Append((char)(((field[i + 1] - '0') * 64) + ((field[i + 2] - '0') * 8) + field[i + 3] - '0'));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }
        return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
