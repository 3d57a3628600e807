using Futago.Blocks;
using Futago.Blocks.Native;
using Microsoft.Win32.SafeHandles;

namespace Futago.Replication;

/// <summary>
/// The file beside the volume that says where its data comes from (I13). What is torn by a crash is recognised; what is damaged
/// is never taken for something else: the lineage is refused, bits count as set.
/// </summary>
internal sealed class MetadataFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private long _lineageSequence;
    private long _activitySequence;

    private MetadataFile(SafeFileHandle file) => _file = file;

    /// <summary>Makes the file of a volume that takes part for the first time; durable when this returns.</summary>
    /// <exception cref="IOException">It exists already, or cannot be written.</exception>
    public static void Create(string path, VolumeLineage lineage)
    {
        var temporary = path + ".new";
        // All of its space now: a full group must not keep a volume from noting what it writes.
        var space = MetadataLayout.Bitmap + (lineage.SizeBytes / DirtyMap.BlockBytes + DirtyMap.BlocksPerPage - 1) / DirtyMap.BlocksPerPage * MetadataLayout.BlockBytes;
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, preallocationSize: space))
        using (var file = new MetadataFile(handle))
        {
            file.WriteLineage(lineage);
            file.WriteActivity([]);
        }
        File.Move(temporary, path, overwrite: false);
        DirectorySync.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Replaces a whole file, or leaves it as it was; durable when this returns.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(file, content, 0);
            FileSync.Sync(file);
        }
        File.Move(temporary, path, overwrite: true);
        DirectorySync.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <exception cref="MetadataException">Both copies of the lineage are damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MetadataFile Open(string path, out LoadedMetadata loaded)
    {
        var file = new MetadataFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read));
        try
        {
            var lineage = file.ReadLineage() ?? throw new MetadataException("The replication metadata is damaged; clear it and let the peer's data be copied anew.");
            var active = file.ReadActivity();
            loaded = new LoadedMetadata(lineage, active ?? [], file.ReadPages(lineage.SizeBytes / DirtyMap.BlockBytes), Unreliable: active is null);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>In the order that the core counts on: bits, lineage, activity log; durable when this returns.</summary>
    public void Commit(CommitMetadata commit)
    {
        if (!commit.Pages.IsEmpty)
        {
            Span<byte> block = stackalloc byte[MetadataLayout.BlockBytes];
            foreach (var page in commit.Pages)
            {
                MetadataLayout.WritePage(block, page.Index, page.Words);
                RandomAccess.Write(_file, block, MetadataLayout.Bitmap + (long)page.Index * MetadataLayout.BlockBytes);
            }
            FileSync.Sync(_file);
        }
        if (commit.Lineage is { } lineage)
            WriteLineage(lineage);
        if (commit.ActiveExtents is { } active)
            WriteActivity(active.AsSpan());
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The second copy only when the first is durable: at any moment one of them is whole.</summary>
    private void WriteLineage(VolumeLineage lineage)
    {
        Span<byte> block = stackalloc byte[MetadataLayout.BlockBytes];
        MetadataLayout.WriteLineage(block, lineage, ++_lineageSequence);
        RandomAccess.Write(_file, block, MetadataLayout.LineageA);
        FileSync.Sync(_file);
        RandomAccess.Write(_file, block, MetadataLayout.LineageB);
        FileSync.Sync(_file);
    }

    private void WriteActivity(ReadOnlySpan<int> extents)
    {
        Span<byte> block = stackalloc byte[MetadataLayout.BlockBytes];
        MetadataLayout.WriteActivity(block, extents, ++_activitySequence);
        var position = _activitySequence % MetadataLayout.ActivityPositions * MetadataLayout.BlockBytes;
        RandomAccess.Write(_file, block, MetadataLayout.ActivityA + position);
        RandomAccess.Write(_file, block, MetadataLayout.ActivityB + position);
        FileSync.Sync(_file);
    }

    private VolumeLineage? ReadLineage()
    {
        Span<byte> block = stackalloc byte[MetadataLayout.BlockBytes];
        ReadBlock(MetadataLayout.LineageA, block);
        var first = MetadataLayout.TryReadLineage(block, out var firstSequence);
        ReadBlock(MetadataLayout.LineageB, block);
        var second = MetadataLayout.TryReadLineage(block, out var secondSequence);
        var useFirst = first is not null && (second is null || firstSequence >= secondSequence);
        _lineageSequence = useFirst ? firstSequence : secondSequence;
        return useFirst ? first : second;
    }

    /// <returns>
    /// Null when it cannot be told which extents were active: the block behind the newest whole one is damaged in both areas, so
    /// that it may have been a newer one.
    /// </returns>
    private int[]? ReadActivity()
    {
        Span<byte> block = stackalloc byte[MetadataLayout.BlockBytes];
        var damaged = new bool[MetadataLayout.ActivityPositions];
        int[]? newest = null;
        for (var position = 0; position < MetadataLayout.ActivityPositions; position++)
        {
            var (whole, empty) = (false, true);
            foreach (var area in (ReadOnlySpan<long>)[MetadataLayout.ActivityA, MetadataLayout.ActivityB])
            {
                ReadBlock(area + (long)position * MetadataLayout.BlockBytes, block);
                empty &= !block.ContainsAnyExcept((byte)0);
                if (MetadataLayout.TryReadActivity(block, out var sequence) is not { } extents || sequence % MetadataLayout.ActivityPositions != position)
                    continue;
                whole = true;
                if (newest is null || sequence > _activitySequence)
                    (newest, _activitySequence) = (extents, sequence);
            }
            damaged[position] = !whole && !empty;
        }
        var next = (int)((_activitySequence + 1) % MetadataLayout.ActivityPositions);
        return newest is null || damaged[next] ? null : newest;
    }

    private List<BitmapPage> ReadPages(long blocks)
    {
        var pages = new List<BitmapPage>();
        Span<byte> block = stackalloc byte[MetadataLayout.BlockBytes];
        var count = (blocks + DirtyMap.BlocksPerPage - 1) / DirtyMap.BlocksPerPage;
        var stored = Math.Max(0, RandomAccess.GetLength(_file) - MetadataLayout.Bitmap);
        for (var index = 0; index < count && (long)index * MetadataLayout.BlockBytes < stored; index++)
        {
            ReadBlock(MetadataLayout.Bitmap + (long)index * MetadataLayout.BlockBytes, block);
            if (!block.ContainsAnyExcept((byte)0))
                continue;
            var words = MetadataLayout.TryReadPage(block, index);
            if (words is null)
            {
                words = new ulong[DirtyMap.WordsPerPage];
                Array.Fill(words, ulong.MaxValue);
            }
            if (words.AsSpan().ContainsAnyExcept(0UL))
                pages.Add(new BitmapPage(index, words));
        }
        return pages;
    }

    /// <summary>Behind the end of the file everything is zero.</summary>
    private void ReadBlock(long offset, Span<byte> block)
    {
        block.Clear();
        for (var done = 0; done < block.Length;)
        {
            var n = RandomAccess.Read(_file, block[done..], offset + done);
            if (n == 0)
                return;
            done += n;
        }
    }
}
