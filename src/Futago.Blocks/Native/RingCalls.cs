using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>The system calls and structures of io_uring (linux/io_uring.h) that <see cref="IoRing"/> needs. All of them set errno.</summary>
internal static unsafe partial class RingCalls
{
    // The same on every architecture: they are newer than the common system call table.
    internal const nint SetupNumber = 425;
    internal const nint EnterNumber = 426;
    internal const nint RegisterNumber = 427;

    internal const uint IORING_SETUP_R_DISABLED = 1 << 6;
    internal const uint IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    internal const uint IORING_SETUP_DEFER_TASKRUN = 1 << 13;
    internal const uint IORING_FEAT_SINGLE_MMAP = 1;
    internal const uint IORING_FEAT_NODROP = 2;
    internal const uint IORING_ENTER_GETEVENTS = 1;
    internal const uint IORING_REGISTER_ENABLE_RINGS = 12;
    internal const byte IORING_OP_POLL_ADD = 6;
    internal const byte IORING_OP_READ = 22;
    internal const long IORING_OFF_SQ_RING = 0;
    internal const long IORING_OFF_SQES = 0x1000_0000;

    internal const uint POLLIN = 1;

    internal const int PROT_READ_WRITE = 3;
    internal const int MAP_SHARED_POPULATE = 0x8001;
    internal const int EFD_NONBLOCK_CLOEXEC = 0x80800;

    /// <summary>struct io_uring_params with its two structs of offsets.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    internal struct Parameters
    {
        [FieldOffset(0)] public uint SubmissionEntries;
        [FieldOffset(4)] public uint CompletionEntries;
        [FieldOffset(8)] public uint Flags;
        [FieldOffset(20)] public uint Features;
        [FieldOffset(40)] public uint SubmissionHead;
        [FieldOffset(44)] public uint SubmissionTail;
        [FieldOffset(48)] public uint SubmissionMask;
        [FieldOffset(64)] public uint SubmissionArray;
        [FieldOffset(80)] public uint CompletionHead;
        [FieldOffset(84)] public uint CompletionTail;
        [FieldOffset(88)] public uint CompletionMask;
        [FieldOffset(100)] public uint Completions;
    }

    /// <summary>struct io_uring_sqe.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    internal struct Submission
    {
        [FieldOffset(0)] public byte Operation;
        [FieldOffset(4)] public int Descriptor;
        [FieldOffset(8)] public long Offset;
        [FieldOffset(16)] public nint Address;
        [FieldOffset(24)] public int Length;
        [FieldOffset(28)] public uint OperationFlags;
        [FieldOffset(32)] public ulong UserData;
    }

    /// <summary>struct io_uring_cqe.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct Completion
    {
        [FieldOffset(0)] public ulong UserData;
        [FieldOffset(8)] public int Result;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Setup(nint number, nint entries, Parameters* parameters);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Enter(nint number, SafeFileHandle ring, nint submit, nint minimumComplete, nint flags, nint signalMask, nint signalMaskLength);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Register(nint number, SafeFileHandle ring, nint operation, nint argument, nint count);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeFileHandle file, ulong* value, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeFileHandle file, ulong* value, nuint length);
}
