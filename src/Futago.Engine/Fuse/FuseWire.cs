namespace Futago.Engine.Fuse;

/// <summary>
/// The kernel's structures (linux/fuse.h), by offset, in the byte order of the machine: kernel and server are on the same one. What the
/// kernel sends is checked by <see cref="FuseServer"/> before it is read here.
/// </summary>
internal static class FuseWire
{
    /// <summary>Version of the protocol that this was written for. A newer kernel speaks it too; an older one is refused.</summary>
    public const uint MajorVersion = 7;
    public const uint MinorVersion = 31;

    /// <summary>FUSE_MAX_PAGES came with 7.28; without it requests are 128 KiB at most.</summary>
    public const uint MinorVersionMinimum = 28;

    public const int InHeaderBytes = 40;
    public const int OutHeaderBytes = 16;
    public const int WriteInBytes = 40;

    /// <summary>Greatest data of one READ or WRITE.</summary>
    public const int DataBytesMaximum = 1 << 20;
    public const int PageBytes = 4096;

    public const int RootNode = 1;
    public const int FileNode = 2;

    public const uint FUSE_ASYNC_READ = 1 << 0;
    public const uint FUSE_BIG_WRITES = 1 << 5;
    public const uint FUSE_ASYNC_DIO = 1 << 15;
    public const uint FUSE_MAX_PAGES = 1 << 22;

    public const uint FOPEN_DIRECT_IO = 1 << 0;
    public const uint FOPEN_PARALLEL_DIRECT_WRITES = 1 << 6;

    public const uint FALLOC_FL_KEEP_SIZE = 0x01;
    public const uint FALLOC_FL_PUNCH_HOLE = 0x02;
    public const uint FALLOC_FL_ZERO_RANGE = 0x10;

    // S_IFDIR and S_IFREG, inode(7).
    private const uint DirectoryType = 0x4000;
    private const uint FileType = 0x8000;
    private const int AttrBytes = 88;
    private const int EntryAttrOffset = 40;
    private const int AttrOutAttrOffset = 16;

    // struct fuse_in_header: len, opcode, unique (64), nodeid (64), uid, gid, pid, extension length (16), padding (16).
    public static uint Length(ReadOnlySpan<byte> header) => U32(header, 0);

    public static FuseOpcode Opcode(ReadOnlySpan<byte> header) => (FuseOpcode)U32(header, 4);

    public static ulong Unique(ReadOnlySpan<byte> header) => U64(header, 8);

    public static ulong Node(ReadOnlySpan<byte> header) => U64(header, 16);

    /// <summary>struct fuse_out_header: len, error (negative errno), unique (64).</summary>
    public static void WriteOutHeader(Span<byte> header, int length, int errno, ulong unique)
    {
        BitConverter.TryWriteBytes(header, length);
        BitConverter.TryWriteBytes(header[4..], -errno);
        BitConverter.TryWriteBytes(header[8..], unique);
    }

    // struct fuse_read_in and fuse_write_in begin alike: fh (64), offset (64), size.
    public const int ReadInBytes = 40;

    public static ulong IoOffset(ReadOnlySpan<byte> body) => U64(body, 8);

    public static uint IoSize(ReadOnlySpan<byte> body) => U32(body, 16);

    // struct fuse_fallocate_in: fh (64), offset (64), length (64), mode, padding.
    public const int FallocateInBytes = 32;

    public static ulong FallocateLength(ReadOnlySpan<byte> body) => U64(body, 16);

    public static uint FallocateMode(ReadOnlySpan<byte> body) => U32(body, 24);

    // struct fuse_init_in: major, minor, max_readahead, flags, …; it grew over time.
    public const int InitInBytes = 16;
    public const int InitOutBytes = 64;

    public static uint InitMajor(ReadOnlySpan<byte> body) => U32(body, 0);

    public static uint InitMinor(ReadOnlySpan<byte> body) => U32(body, 4);

    public static uint InitFlags(ReadOnlySpan<byte> body) => U32(body, 12);

    /// <summary>
    /// struct fuse_init_out: major, minor, max_readahead, flags, max_background (16), congestion_threshold (16), max_write, time_gran,
    /// max_pages (16), map_alignment (16), …
    /// </summary>
    public static void WriteInitOut(Span<byte> body, uint flags, ushort requestsMaximum)
    {
        body[..InitOutBytes].Clear();
        BitConverter.TryWriteBytes(body, MajorVersion);
        BitConverter.TryWriteBytes(body[4..], MinorVersion);
        BitConverter.TryWriteBytes(body[12..], flags);
        BitConverter.TryWriteBytes(body[16..], requestsMaximum);
        BitConverter.TryWriteBytes(body[18..], requestsMaximum);
        BitConverter.TryWriteBytes(body[20..], (uint)DataBytesMaximum);
        BitConverter.TryWriteBytes(body[24..], 1u);
        BitConverter.TryWriteBytes(body[28..], (ushort)(DataBytesMaximum / PageBytes));
    }

    /// <summary>struct fuse_entry_out: nodeid (64), generation (64), how long name and attributes stay valid (not at all), attributes.</summary>
    public const int EntryOutBytes = EntryAttrOffset + AttrBytes;

    public static void WriteEntryOut(Span<byte> body, long fileBytes)
    {
        body[..EntryOutBytes].Clear();
        BitConverter.TryWriteBytes(body, (ulong)FileNode);
        WriteAttributes(body[EntryAttrOffset..], FileNode, fileBytes);
    }

    /// <summary>struct fuse_attr_out: how long they stay valid (not at all: the volume may grow), attributes.</summary>
    public const int AttrOutBytes = AttrOutAttrOffset + AttrBytes;

    public static void WriteAttrOut(Span<byte> body, int node, long fileBytes)
    {
        body[..AttrOutBytes].Clear();
        WriteAttributes(body[AttrOutAttrOffset..], node, fileBytes);
    }

    /// <summary>struct fuse_open_out: fh (64), flags, backing id. Nothing is cached between the kernel and the mirror.</summary>
    public const int OpenOutBytes = 16;

    public static void WriteOpenOut(Span<byte> body)
    {
        body[..OpenOutBytes].Clear();
        BitConverter.TryWriteBytes(body[8..], FOPEN_DIRECT_IO | FOPEN_PARALLEL_DIRECT_WRITES);
    }

    /// <summary>struct fuse_kstatfs: blocks, bfree, bavail, files, ffree (64 each), bsize, namelen, frsize, …</summary>
    public const int StatfsOutBytes = 80;

    public static void WriteStatfsOut(Span<byte> body, long fileBytes)
    {
        body[..StatfsOutBytes].Clear();
        BitConverter.TryWriteBytes(body, (ulong)(fileBytes / PageBytes));
        BitConverter.TryWriteBytes(body[24..], 1ul);
        BitConverter.TryWriteBytes(body[40..], (uint)PageBytes);
        BitConverter.TryWriteBytes(body[44..], 255u);
        BitConverter.TryWriteBytes(body[48..], (uint)PageBytes);
    }

    /// <summary>struct fuse_write_out: size, padding.</summary>
    public const int WriteOutBytes = 8;

    public static void WriteWriteOut(Span<byte> body, uint size)
    {
        body[..WriteOutBytes].Clear();
        BitConverter.TryWriteBytes(body, size);
    }

    // struct fuse_attr: ino, size, blocks of 512, three times (64 each), their nanoseconds, mode, nlink, uid, gid, rdev, blksize, flags.
    private static void WriteAttributes(Span<byte> attributes, int node, long fileBytes)
    {
        var isFile = node == FileNode;
        BitConverter.TryWriteBytes(attributes, (ulong)node);
        BitConverter.TryWriteBytes(attributes[8..], isFile ? fileBytes : 0L);
        BitConverter.TryWriteBytes(attributes[16..], isFile ? fileBytes / 512 : 0L);
        // Nobody but root passes.
        BitConverter.TryWriteBytes(attributes[60..], isFile ? FileType | 0b110_000_000 : DirectoryType | 0b101_000_000);
        BitConverter.TryWriteBytes(attributes[64..], isFile ? 1u : 2u);
        BitConverter.TryWriteBytes(attributes[80..], (uint)PageBytes);
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BitConverter.ToUInt32(bytes[offset..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BitConverter.ToUInt64(bytes[offset..]);
}
