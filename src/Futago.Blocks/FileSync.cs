using System.Runtime.InteropServices;
using Futago.Blocks.Native;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks;

/// <summary>
/// Makes what was written to a file durable, and says so when that failed. The base library's own calls
/// (<c>FileStream.Flush(true)</c>, <c>RandomAccess.FlushToDisk</c>) return as if all were well when fsync(2) reports an error.
/// </summary>
public static class FileSync
{
    /// <exception cref="IOException">The medium did not take everything. What the file holds is not known any more (I11).</exception>
    public static void Sync(SafeFileHandle file)
    {
        while (LibC.FSync(file) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
                throw new IOException($"The file could not be made durable: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    /// <summary>The same, after handing over what the stream has buffered.</summary>
    /// <inheritdoc cref="Sync(SafeFileHandle)" path="/exception"/>
    public static void Sync(FileStream stream)
    {
        stream.Flush();
        Sync(stream.SafeFileHandle);
    }
}
