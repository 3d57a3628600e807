using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Bytes of the metadata file, version 1; see docs/on-disk/replication-metadata.md.</summary>
internal static class MetadataLayout
{
    public const int BlockBytes = 4096;
    public const uint Version = 1;

    public const long LineageA = 0;
    public const long LineageB = BlockBytes;

    /// <summary>Positions of the activity log; each is kept twice, in two areas.</summary>
    public const int ActivityPositions = 8;
    public const long ActivityA = 2 * BlockBytes;
    public const long ActivityB = ActivityA + ActivityPositions * BlockBytes;
    public const int ActivityMaximum = 1000;

    public const long Bitmap = 128 * 1024;

    private const ulong LineageMagic = 0x4547_4145_4E49_4C46; // "FLINEAGE"
    private const ulong ActivityMagic = 0x5954_4956_4954_4346; // "FCTIVITY"
    private const ulong PageMagic = 0x4547_4150_5449_4246; // "FBITPAGE"
    private const int ChecksumAt = 12;
    private const int PageDataAt = 128;

    public static void WriteLineage(Span<byte> block, VolumeLineage lineage, long sequence)
    {
        Begin(block, LineageMagic, sequence);
        lineage.ReplicationId.TryWriteBytes(block[24..]);
        lineage.NodeId.TryWriteBytes(block[40..]);
        BinaryPrimitives.WriteInt64LittleEndian(block[56..], lineage.SizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(block[64..], lineage.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(block[72..], lineage.Current.Value);
        block[80] = (byte)((lineage.PeerMayHoldCurrent ? 1 : 0) | (lineage.Inconsistent ? 2 : 0) | (lineage.Outdated ? 4 : 0));
        block[81] = (byte)lineage.Bases.Length;
        block[82] = (byte)lineage.History.Length;
        WriteGenerations(block[88..], lineage.Bases);
        WriteGenerations(block[120..], lineage.History);
        Seal(block);
    }

    public static VolumeLineage? TryReadLineage(ReadOnlySpan<byte> block, out long sequence)
    {
        if (!IsSealed(block, LineageMagic, out sequence) || block[80] > 7 || block[81] > VolumeLineage.BasesMaximum || block[82] > VolumeLineage.HistoryMaximum)
            return null;
        var lineage = new VolumeLineage(
            new Guid(block.Slice(24, 16)),
            new Guid(block.Slice(40, 16)),
            BinaryPrimitives.ReadInt64LittleEndian(block[56..]),
            BinaryPrimitives.ReadUInt64LittleEndian(block[64..]),
            new Generation(BinaryPrimitives.ReadUInt64LittleEndian(block[72..])),
            ReadGenerations(block[88..], block[81]),
            ReadGenerations(block[120..], block[82]),
            PeerMayHoldCurrent: (block[80] & 1) != 0,
            Inconsistent: (block[80] & 2) != 0,
            Outdated: (block[80] & 4) != 0);
        return lineage.SizeBytes > 0 && lineage.SizeBytes % DirtyMap.BlockBytes == 0 ? lineage : null;
    }

    /// <summary>The whole log fits into one block, so that each state of it is complete in itself.</summary>
    public static void WriteActivity(Span<byte> block, ReadOnlySpan<int> extents, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(extents.Length, ActivityMaximum);
        Begin(block, ActivityMagic, sequence);
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], extents.Length);
        MemoryMarshal.AsBytes(extents).CopyTo(block[32..]);
        Seal(block);
    }

    public static int[]? TryReadActivity(ReadOnlySpan<byte> block, out long sequence)
    {
        if (!IsSealed(block, ActivityMagic, out sequence))
            return null;
        var count = BinaryPrimitives.ReadInt32LittleEndian(block[24..]);
        return count is < 0 or > ActivityMaximum ? null : MemoryMarshal.Cast<byte, int>(block.Slice(32, count * 4)).ToArray();
    }

    public static void WritePage(Span<byte> block, int index, ReadOnlySpan<ulong> words)
    {
        Begin(block, PageMagic, index);
        MemoryMarshal.AsBytes(words).CopyTo(block[PageDataAt..]);
        Seal(block);
    }

    public static ulong[]? TryReadPage(ReadOnlySpan<byte> block, int index) =>
        IsSealed(block, PageMagic, out var stored) && stored == index
            ? MemoryMarshal.Cast<byte, ulong>(block.Slice(PageDataAt, DirtyMap.WordsPerPage * 8)).ToArray()
            : null;

    private static void Begin(Span<byte> block, ulong magic, long sequence)
    {
        block.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(block, magic);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], sequence);
    }

    private static void Seal(Span<byte> block) => BinaryPrimitives.WriteUInt32LittleEndian(block[ChecksumAt..], Checksum(block));

    private static bool IsSealed(ReadOnlySpan<byte> block, ulong magic, out long sequence)
    {
        sequence = BinaryPrimitives.ReadInt64LittleEndian(block[16..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(block) == magic
            && BinaryPrimitives.ReadUInt32LittleEndian(block[8..]) == Version
            && BinaryPrimitives.ReadUInt32LittleEndian(block[ChecksumAt..]) == Checksum(block);
    }

    /// <summary>Over the whole block with the checksum's own four bytes left out.</summary>
    private static uint Checksum(ReadOnlySpan<byte> block) => Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Seed, block[..ChecksumAt]), block[(ChecksumAt + Crc32C.Length)..]));

    private static void WriteGenerations(Span<byte> to, ImmutableArray<Generation> list)
    {
        for (var i = 0; i < list.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(to[(i * 8)..], list[i].Value);
    }

    private static ImmutableArray<Generation> ReadGenerations(ReadOnlySpan<byte> from, int count)
    {
        var list = ImmutableArray.CreateBuilder<Generation>(count);
        for (var i = 0; i < count; i++)
            list.Add(new Generation(BinaryPrimitives.ReadUInt64LittleEndian(from[(i * 8)..])));
        return list.ToImmutable();
    }
}
