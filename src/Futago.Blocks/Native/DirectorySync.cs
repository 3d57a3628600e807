using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>Makes the names in a directory durable.</summary>
internal static class DirectorySync
{
    /// <summary>O_DIRECTORY has another value on ARM than on x86 (asm/fcntl.h).</summary>
    private static int O_DIRECTORY =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    /// <exception cref="IOException">The directory cannot be opened or synchronised.</exception>
    internal static void Sync(string path)
    {
        var descriptor = LibC.Open(path, LibC.O_RDONLY | LibC.O_CLOEXEC | O_DIRECTORY, 0);
        if (descriptor < 0)
            throw new IOException($"Cannot open {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        if (LibC.FSync(directory) < 0)
            throw new IOException($"Cannot synchronise {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }
}
