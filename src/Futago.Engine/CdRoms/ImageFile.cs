using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Engine.CdRoms;

/// <summary>
/// A file below the root of a NAS file system, found without following a symbolic link anywhere: who can write to the volume can put links
/// on it that lead outside. Every step is opened from the one before, so nothing can be exchanged behind a check.
/// </summary>
internal static partial class ImageFile
{
    private const int O_RDONLY = 0;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int O_PATH = 0x200000;
    private const int EINTR = 4;

    // The two flags whose values differ between architectures: ARM has its own.
    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    private static int OnlyDirectory => IsArm ? 0x4000 : 0x10000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <param name="image">In the normal form of <see cref="Contracts.Iscsi.IsoPath"/>.</param>
    /// <returns>The open file, or null when it is not there, or when something on the way is no directory.</returns>
    public static SafeFileHandle? Open(string root, string image)
    {
        var names = image.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var directory = OpenAt(null, root, O_PATH | OnlyDirectory);
        foreach (var name in names[..^1])
        {
            using var parent = directory;
            if (parent is null)
                return null;
            directory = OpenAt(parent, name, O_PATH | OnlyDirectory | NoFollow);
        }
        using (directory)
        {
            // O_NONBLOCK: a FIFO under that name must not hold anybody up.
            return directory is null ? null : OpenAt(directory, names[^1], O_RDONLY | O_NONBLOCK | NoFollow);
        }
    }

    /// <summary>A path by which the same file can be opened again, whatever happens to its name.</summary>
    public static string PathOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle().ToString(CultureInfo.InvariantCulture)}";

    private static SafeFileHandle? OpenAt(SafeFileHandle? directory, string name, int flags)
    {
        const int AtFdCwd = -100;
        int fd;
        do
            fd = OpenAt(directory is null ? AtFdCwd : (int)directory.DangerousGetHandle(), name, flags | O_CLOEXEC, 0);
        while (fd < 0 && Marshal.GetLastPInvokeError() == EINTR);
        GC.KeepAlive(directory);
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int directory, string path, int flags, int mode);
}
