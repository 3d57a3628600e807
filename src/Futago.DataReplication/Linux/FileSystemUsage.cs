using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>statfs(2).</summary>
/// <param name="UsedInodes">Files, directories and links that exist.</param>
internal sealed record FileSystemUsage(long SizeBytes, long FreeBytes, long UsedInodes, bool ReadOnly)
{
    private const int ST_RDONLY = 1;

    /// <exception cref="Win32Exception">The path cannot be asked.</exception>
    public static FileSystemUsage Of(string path)
    {
        var buffer = new StatFs();
        if (Native.StatFs(path, ref buffer) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        return new FileSystemUsage(
            (long)(buffer.Blocks * buffer.BlockSize), (long)(buffer.AvailableBlocks * buffer.BlockSize), (long)(buffer.Files - buffer.FreeFiles), (buffer.Flags & ST_RDONLY) != 0);
    }

    /// <summary>struct statfs of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct StatFs
    {
        public ulong Type;
        public ulong BlockSize;
        public ulong Blocks;
        public ulong FreeBlocks;
        public ulong AvailableBlocks;
        public ulong Files;
        public ulong FreeFiles;
        public ulong Id;
        public ulong NameLength;
        public ulong FragmentSize;
        public ulong Flags;
    }
}

internal static partial class Native
{
    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatFs(string path, ref FileSystemUsage.StatFs buffer);
}
