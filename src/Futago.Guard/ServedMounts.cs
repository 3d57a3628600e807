using System.Globalization;
using System.Runtime.InteropServices;
using Futago.Volumes.Linux;

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
            .. from mount in Mounts.Parse(lines)
               where mount.FileSystem == FileSystem && mount.Source == source
               select mount.MountPoint,
        ];
    }

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
