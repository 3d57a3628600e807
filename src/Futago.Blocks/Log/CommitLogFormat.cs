using System.Buffers.Binary;

namespace Futago.Blocks.Log;

/// <summary>
/// The bytes of a commit log: a header, then two areas of equal length. An area is a row of records, each a header of one block and the data of its
/// writes; it ends with the first record that does not fit. Numbers are little-endian. docs/on-disk/commit-log.md.
/// </summary>
internal static class CommitLogFormat
{
    /// <summary>Unit of everything in the file, in bytes: what every medium takes for direct access.</summary>
    public const int BlockBytes = 4096;

    public const int AreaCount = 2;

    /// <summary>Writes that one record has room for.</summary>
    public const int EntriesMaximum = (ChecksumOffset - EntriesOffset) / EntryBytes;

    /// <summary>Longest record with its header, in bytes.</summary>
    public const int RecordBytesMaximum = 1 << 20;

    private const uint Version = 1;
    private const int EntriesOffset = 64;
    private const int EntryBytes = 16;
    private const int ChecksumOffset = BlockBytes - Crc32C.Length;

    private static ReadOnlySpan<byte> FileMagic => "FUTAGOCL"u8;

    private static ReadOnlySpan<byte> RecordMagic => "FUTAGOCR"u8;

    public static long AreaStart(int area, long areaBytes) => BlockBytes + area * areaBytes;

    public static void WriteFileHeader(Span<byte> block, long areaBytes)
    {
        block.Clear();
        FileMagic.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], areaBytes);
        Seal(block);
    }

    /// <returns>Length of an area, in bytes.</returns>
    /// <exception cref="IOException">It is damaged, or of a later version; the message is the end of a sentence that names the file.</exception>
    public static long ReadFileHeader(ReadOnlySpan<byte> block, long fileBytes)
    {
        if (!block.StartsWith(FileMagic) || !IsSealed(block))
            throw new IOException("is damaged");
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[8..]) != Version)
            throw new IOException("was written by a later version of the product");
        var areaBytes = BinaryPrimitives.ReadInt64LittleEndian(block[16..]);
        return areaBytes >= RecordBytesMaximum && areaBytes % BlockBytes == 0 && areaBytes <= (fileBytes - BlockBytes) / AreaCount
            ? areaBytes
            : throw new IOException("is damaged");
    }

    public static void WriteEntry(Span<byte> header, int index, long offset, int length)
    {
        var entry = header.Slice(EntriesOffset + index * EntryBytes, EntryBytes);
        BinaryPrimitives.WriteInt64LittleEndian(entry, offset);
        BinaryPrimitives.WriteInt32LittleEndian(entry[8..], length);
        entry[12..].Clear();
    }

    public static (long Offset, int Length) ReadEntry(ReadOnlySpan<byte> header, int index)
    {
        var entry = header.Slice(EntriesOffset + index * EntryBytes, EntryBytes);
        return (BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]));
    }

    /// <summary>Completes a header whose entries were written.</summary>
    public static void WriteRecordHeader(Span<byte> header, in CommitRecord record)
    {
        RecordMagic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], record.EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], record.DataBytes);
        record.Epoch.TryWriteBytes(header[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], record.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], record.Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(header[48..], record.DataChecksum);
        header[52..EntriesOffset].Clear();
        header[(EntriesOffset + record.EntryCount * EntryBytes)..].Clear();
        Seal(header);
    }

    /// <summary>Every length in what it returns was checked against the others and against <paramref name="room"/>.</summary>
    /// <param name="room">Bytes from the header's first to the end of the area.</param>
    public static bool TryReadRecordHeader(ReadOnlySpan<byte> header, long room, out CommitRecord record)
    {
        record = default;
        if (!header.StartsWith(RecordMagic) || !IsSealed(header))
            return false;
        record = new CommitRecord(
            new Guid(header.Slice(16, 16)),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[48..]));
        if (record.EntryCount is < 1 or > EntriesMaximum || record.DataBytes is < 1 or > RecordBytesMaximum - BlockBytes
            || record.DataBytes % BlockBytes != 0 || BlockBytes + record.DataBytes > room)
        {
            return false;
        }
        long total = 0;
        for (var i = 0; i < record.EntryCount; i++)
        {
            var (offset, length) = ReadEntry(header, i);
            if (offset < 0 || length < 1)
                return false;
            total += length;
        }
        return Padded(total) == record.DataBytes;
    }

    public static int Padded(long bytes) => (int)((bytes + BlockBytes - 1) / BlockBytes * BlockBytes);

    private static void Seal(Span<byte> block) =>
        BinaryPrimitives.WriteUInt32LittleEndian(block[ChecksumOffset..], Crc32C.Compute(block[..ChecksumOffset]));

    private static bool IsSealed(ReadOnlySpan<byte> block) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[ChecksumOffset..]) == Crc32C.Compute(block[..ChecksumOffset]);
}

/// <param name="Epoch">Of the opening of the volume that wrote it: what lies in an area from earlier ones does not belong to it.</param>
/// <param name="Generation">Of its area; counts how often one was begun, from 1 in each epoch.</param>
/// <param name="Sequence">In its area, from 0.</param>
/// <param name="DataBytes">Behind the header, with what fills the last block.</param>
internal readonly record struct CommitRecord(Guid Epoch, long Generation, long Sequence, int EntryCount, int DataBytes, uint DataChecksum);
