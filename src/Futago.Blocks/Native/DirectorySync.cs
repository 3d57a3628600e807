using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>Directories: makes the names in one durable.</summary>
internal static class DirectorySync
{
    /// <summary>O_DIRECTORY has another value on ARM than on x86 (asm/fcntl.h).</summary>
    private static int O_DIRECTORY =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    /// <returns>Null when it cannot be opened; the system's error says why.</returns>
    internal static SafeFileHandle? TryOpen(string path)
    {
        var descriptor = LibC.Open(path, LibC.O_RDONLY | LibC.O_CLOEXEC | O_DIRECTORY, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <exception cref="IOException">The directory cannot be opened or synchronised.</exception>
    internal static void Sync(string path)
    {
        using var directory = TryOpen(path)
            ?? throw new IOException($"Cannot open {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        if (LibC.FSync(directory) < 0)
            throw new IOException($"Cannot synchronise {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }
}
