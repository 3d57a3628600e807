using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Console.Security;

/// <summary>Makes the names in a directory durable, which .NET has no call for.</summary>
internal static partial class DirectorySync
{
    private const int O_CLOEXEC = 0x80000;

    /// <exception cref="IOException">The directory cannot be opened or synchronised.</exception>
    public static void Sync(string path)
    {
        using var directory = Open(path, O_CLOEXEC, 0);
        if (directory.IsInvalid || FSync(directory) < 0)
            throw new IOException($"Cannot synchronise {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle directory);
}
