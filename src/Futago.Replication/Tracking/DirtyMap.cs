using System.Numerics;

namespace Futago.Replication;

/// <summary>
/// One bit per block that may differ from the peer's. In memory it is always right; on the medium it is written late, page by
/// page, because the activity log covers the difference (I3).
/// </summary>
internal sealed class DirtyMap
{
    public const int BlockBytes = 4096;

    /// <summary>Words of one page of the metadata file: bits of 31 extents of 1024 blocks.</summary>
    public const int WordsPerPage = 496;
    public const int BlocksPerPage = WordsPerPage * 64;

    private readonly SortedSet<int> _stalePages = [];
    private ulong[] _words;

    public DirtyMap(long blocks)
    {
        Blocks = blocks;
        _words = new ulong[WordCount(blocks)];
    }

    public long Blocks { get; private set; }

    /// <summary>Bits that are set.</summary>
    public long Count { get; private set; }

    public int PageCount => (int)((Blocks + BlocksPerPage - 1) / BlocksPerPage);

    public bool HasStalePages => _stalePages.Count > 0;

    /// <summary>Pages whose content on the medium is not what it is here.</summary>
    public IReadOnlyCollection<int> StalePages => _stalePages;

    public static int PageOf(long block) => (int)(block / BlocksPerPage);

    public bool this[long block] => (_words[block >> 6] >> (int)(block & 63) & 1) != 0;

    public void Set(long first, long last) => Change(first, last, set: true);

    public void Clear(long first, long last) => Change(first, last, set: false);

    public void SetAll() => Set(0, Blocks - 1);

    public void ClearAll() => Clear(0, Blocks - 1);

    /// <summary>The first set bit at or behind <paramref name="from"/>, or -1.</summary>
    public long NextSet(long from)
    {
        if (from >= Blocks)
            return -1;
        var index = (int)(from >> 6);
        var word = _words[index] & (ulong.MaxValue << (int)(from & 63));
        while (word == 0)
        {
            if (++index == _words.Length)
                return -1;
            word = _words[index];
        }
        return ((long)index << 6) + BitOperations.TrailingZeroCount(word);
    }

    /// <summary>How many set bits follow each other from <paramref name="first"/> on, up to a limit.</summary>
    public int RunLength(long first, int maximum)
    {
        var length = 0;
        while (length < maximum && first + length < Blocks && this[first + length])
            length++;
        return length;
    }

    /// <summary>
    /// How many bits are set in each of so many parts of about the same size. A part that would be smaller than a block is empty.
    /// </summary>
    public long[] CountByPart(int parts)
    {
        var counts = new long[parts];
        for (var part = 0; part < parts; part++)
        {
            var (first, end) = ((long)((Int128)Blocks * part / parts), (long)((Int128)Blocks * (part + 1) / parts));
            for (var block = first; block < end;)
            {
                // Whole words where they fit, which is nearly everywhere.
                var length = Math.Min(64 - (block & 63), end - block);
                var mask = length == 64 ? ulong.MaxValue : (1UL << (int)length) - 1 << (int)(block & 63);
                counts[part] += BitOperations.PopCount(_words[block >> 6] & mask);
                block += length;
            }
        }
        return counts;
    }

    /// <summary>The words of a page as they are now; the page counts as written from here on.</summary>
    public ulong[] TakePage(int page)
    {
        _stalePages.Remove(page);
        return ReadPage(page);
    }

    /// <summary>What the medium was to get is not on it.</summary>
    public void MarkStale(int page) => _stalePages.Add(page);

    public bool IsStale(int page) => _stalePages.Contains(page);

    public ulong[] ReadPage(int page)
    {
        var words = new ulong[WordsPerPage];
        var start = page * WordsPerPage;
        Array.Copy(_words, start, words, 0, Math.Min(WordsPerPage, _words.Length - start));
        return words;
    }

    public bool IsPageEmpty(int page) =>
        !_words.AsSpan(page * WordsPerPage, Math.Min(WordsPerPage, _words.Length - page * WordsPerPage)).ContainsAnyExcept(0UL);

    /// <summary>Sets the bits that are set in <paramref name="words"/>; bits behind the end are ignored.</summary>
    public void Merge(int page, ReadOnlySpan<ulong> words, int firstWord = 0)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var index = page * WordsPerPage + firstWord + i;
            if (words[i] == 0 || index >= _words.Length)
                continue;
            var merged = (_words[index] | words[i]) & ValidMask(index);
            if (merged == _words[index])
                continue;
            Count += BitOperations.PopCount(merged) - BitOperations.PopCount(_words[index]);
            _words[index] = merged;
            _stalePages.Add(page);
        }
    }

    /// <summary>Makes room for a larger volume; the bits of the new area are set (its content was never compared).</summary>
    public void Grow(long blocks)
    {
        if (blocks <= Blocks)
            return;
        var before = Blocks;
        Array.Resize(ref _words, WordCount(blocks));
        Blocks = blocks;
        Set(before, blocks - 1);
    }

    private static int WordCount(long blocks) => checked((int)((blocks + 63) >> 6));

    private ulong ValidMask(int index) => index == _words.Length - 1 && (Blocks & 63) != 0 ? (1UL << (int)(Blocks & 63)) - 1 : ulong.MaxValue;

    private void Change(long first, long last, bool set)
    {
        for (var index = (int)(first >> 6); index <= (int)(last >> 6); index++)
        {
            var mask = ulong.MaxValue;
            if (index == (int)(first >> 6))
                mask &= ulong.MaxValue << (int)(first & 63);
            if (index == (int)(last >> 6))
                mask &= ulong.MaxValue >> (63 - (int)(last & 63));
            var changed = set ? mask & ~_words[index] : mask & _words[index];
            if (changed == 0)
                continue;
            _words[index] ^= changed;
            Count += set ? BitOperations.PopCount(changed) : -BitOperations.PopCount(changed);
            _stalePages.Add(index / WordsPerPage);
        }
    }
}
