using System.Runtime.InteropServices;

namespace Futago.Blocks.Native;

/// <summary>
/// Whole pages straight from the system. The C library's allocator keeps what was freed in arenas, one page here and one there, and a page that is
/// aligned costs it a second one for its own notes; these leave memory when they are given back or forgotten.
/// </summary>
internal static unsafe partial class MemoryPages
{
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS
    private const int DontNeed = 4; // MADV_DONTNEED

    /// <exception cref="InsufficientMemoryException">The system has no memory, or no room for one more mapping.</exception>
    public static byte* Allocate(nuint length)
    {
        var address = mmap(0, length, ReadWrite, PrivateAnonymous, -1, 0);
        return address != -1 ? (byte*)address : throw new InsufficientMemoryException($"mmap failed with error {Marshal.GetLastPInvokeError()}");
    }

    public static void Free(byte* address, nuint length)
    {
        // Taking a part out of a mapping makes two of it, and there may be so many only. Then the addresses are lost, but no memory.
        if (munmap((nint)address, length) != 0)
            Forget(address, length);
    }

    /// <summary>The pages leave memory; the next access finds zeros. Fails only for pages that are locked, which then stay.</summary>
    public static void Forget(byte* address, nuint length) => _ = madvise((nint)address, length, DontNeed);

#pragma warning disable IDE1006 // names of the system calls
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(nint address, nuint length, int advice);
#pragma warning restore IDE1006
}
