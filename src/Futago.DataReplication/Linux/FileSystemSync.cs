using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.DataReplication.Linux;

/// <summary>syncfs(2).</summary>
internal static partial class FileSystemSync
{
    /// <summary>Makes everything durable that was written to the file system of this file.</summary>
    /// <param name="file">Opened before it was written: what could not be written since then is an error here.</param>
    /// <exception cref="IOException">Something could not be written; the message is the system's.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (SyncFs(file) != 0)
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(SafeFileHandle file);
}
