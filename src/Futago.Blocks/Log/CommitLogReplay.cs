using Futago.Blocks.Native;

namespace Futago.Blocks.Log;

/// <summary>
/// Writes what a commit log holds to its volume, and empties the log: after a crash, before anything else uses the data. A crash in between does no harm,
/// for it does the same again.
/// </summary>
internal sealed class CommitLogReplay(IBlockFile log, IBlockFile data)
{
    /// <returns>Writes that the log held.</returns>
    /// <exception cref="IOException">
    /// The log is damaged or cannot be read, or the data not written; the message is the end of a sentence that names the log. What was written may be
    /// incomplete, and the volume must not be used.
    /// </exception>
    public static long Run(IBlockFile log, IBlockFile data)
    {
        var buffer = new BlockBuffer(CommitLogFormat.RecordBytesMaximum);
        try
        {
            return new CommitLogReplay(log, data).Run(buffer);
        }
        finally
        {
            buffer.Free();
        }
    }

    /// <param name="buffer">Room for a block.</param>
    /// <returns>Length of an area of the log, in bytes.</returns>
    /// <exception cref="IOException">It cannot be read, is damaged, or of a later version; the message is the end of a sentence that names the log.</exception>
    public static long ReadAreaBytes(IBlockFile log, BlockBuffer buffer)
    {
        Read(log, buffer, 0, CommitLogFormat.BlockBytes);
        return CommitLogFormat.ReadFileHeader(buffer.Slice(0, CommitLogFormat.BlockBytes), log.GetLength());
    }

    private long Run(BlockBuffer buffer)
    {
        var areaBytes = ReadAreaBytes(log, buffer);
        var areas = new List<(int Area, CommitRecord First)>();
        for (var area = 0; area < CommitLogFormat.AreaCount; area++)
        {
            if (TryReadRecord(buffer, CommitLogFormat.AreaStart(area, areaBytes), areaBytes, out var first))
                areas.Add((area, first));
        }
        if (areas.Count == 0)
            return 0;
        areas.Sort((a, b) => a.First.Generation.CompareTo(b.First.Generation));
        if (areas.Exists(a => a.First.Sequence != 0)
            || (areas.Count == 2 && (areas[0].First.Epoch != areas[1].First.Epoch || areas[0].First.Generation + 1 != areas[1].First.Generation)))
        {
            throw Damaged();
        }
        var writes = areas.Sum(a => ReplayArea(buffer, CommitLogFormat.AreaStart(a.Area, areaBytes), areaBytes, a.First));
        if (data.Sync() is < 0 and var error)
            throw new IOException($"could not be brought to the volume ({Errno.Describe(-error)})");
        // The older first: its data must not come back over that of the newer one.
        foreach (var (area, _) in areas)
            StrikeOut(buffer, CommitLogFormat.AreaStart(area, areaBytes));
        return writes;
    }

    private long ReplayArea(BlockBuffer buffer, long start, long areaBytes, CommitRecord first)
    {
        long position = 0, writes = 0;
        var sequence = first.Sequence;
        while (position < areaBytes && TryReadRecord(buffer, start + position, areaBytes - position, out var record)
            && record.Epoch == first.Epoch && record.Generation == first.Generation && record.Sequence == sequence)
        {
            Apply(buffer, record);
            writes += record.EntryCount;
            position += CommitLogFormat.BlockBytes + record.DataBytes;
            sequence++;
        }
        // The last record may have been cut off by the crash. One that comes after it was written when the one before was durable.
        for (; position < areaBytes; position += CommitLogFormat.BlockBytes)
        {
            Read(log, buffer, start + position, CommitLogFormat.BlockBytes);
            if (CommitLogFormat.TryReadRecordHeader(buffer.Slice(0, CommitLogFormat.BlockBytes), areaBytes - position, out var later)
                && later.Epoch == first.Epoch && later.Generation == first.Generation && later.Sequence > sequence)
            {
                throw Damaged();
            }
        }
        return writes;
    }

    /// <summary>A record whose checksums fit, with its data behind it in the buffer.</summary>
    private bool TryReadRecord(BlockBuffer buffer, long offset, long room, out CommitRecord record)
    {
        record = default;
        if (room < CommitLogFormat.BlockBytes)
            return false;
        Read(log, buffer, offset, CommitLogFormat.BlockBytes);
        if (!CommitLogFormat.TryReadRecordHeader(buffer.Slice(0, CommitLogFormat.BlockBytes), room, out record))
            return false;
        Read(log, buffer, offset, CommitLogFormat.BlockBytes + record.DataBytes);
        return Crc32C.Compute(buffer.Slice(CommitLogFormat.BlockBytes, record.DataBytes)) == record.DataChecksum;
    }

    private void Apply(BlockBuffer buffer, in CommitRecord record)
    {
        var header = buffer.Slice(0, CommitLogFormat.BlockBytes);
        var at = CommitLogFormat.BlockBytes;
        for (var i = 0; i < record.EntryCount; i++)
        {
            var (offset, length) = CommitLogFormat.ReadEntry(header, i);
            if (offset > data.GetLength() - length)
                throw new IOException("holds a write beyond the end of its volume");
            Write(data, offset, buffer.Address + at, length);
            at += length;
        }
    }

    private void StrikeOut(BlockBuffer buffer, long offset)
    {
        buffer.Slice(0, CommitLogFormat.BlockBytes).Clear();
        Write(log, offset, buffer.Address, CommitLogFormat.BlockBytes);
    }

    private static void Read(IBlockFile log, BlockBuffer buffer, long offset, int length)
    {
        var address = buffer.Address;
        while (length > 0)
        {
            var n = log.Read(offset, address, length, cachedOnly: false);
            if (n == 0)
                throw Damaged();
            if (n < 0)
                throw new IOException($"cannot be read ({Errno.Describe(-n)})");
            (offset, address, length) = (offset + n, address + n, length - n);
        }
    }

    private static void Write(IBlockFile file, long offset, nint address, int length)
    {
        if (FileTransfer.WriteAll(file, offset, address, length) is not 0 and var error)
            throw new IOException($"could not be brought to the volume ({Errno.Describe(error)})");
    }

    private static IOException Damaged() => new("is damaged");
}
