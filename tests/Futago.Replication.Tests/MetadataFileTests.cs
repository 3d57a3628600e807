namespace Futago.Replication.Tests;

public sealed class MetadataFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("futago-lineage-").FullName;
    private readonly VolumeLineage _lineage = VolumeLineage.CreateNew(Guid.NewGuid(), Guid.NewGuid(), 1L << 30) with
    {
        Term = 7,
        Current = new Generation(0xABCD),
        Bases = [new Generation(3)],
        History = [new Generation(2), new Generation(1)],
        PeerMayHoldCurrent = true,
        Inconsistent = false,
    };

    private string NewFile => Path.Combine(_directory, Guid.NewGuid().ToString());

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Write()
    {
        var path = NewFile;
        MetadataFile.Create(path, _lineage with { Term = 1 });
        using var file = MetadataFile.Open(path, out _);
        var words = new ulong[DirtyMap.WordsPerPage];
        words[5] = 0xFF;
        for (var i = 0; i < 11; i++)
            file.Commit(new CommitMetadata(i, [], null, [i, i + 1]));
        file.Commit(new CommitMetadata(99, [new BitmapPage(2, words)], _lineage, [40, 41, 42]));
        return path;
    }

    [Fact]
    public void Committed_IsReadBack()
    {
        using var file = MetadataFile.Open(Write(), out var loaded);

        AssertSame(_lineage, loaded.Lineage);
        Assert.Equal([40, 41, 42], loaded.ActiveExtents);
        Assert.False(loaded.Unreliable);
        var page = Assert.Single(loaded.Pages);
        Assert.Equal((2, 0xFFUL), (page.Index, page.Words[5]));
    }

    /// <summary>One bit anywhere: what is read is what was written, or more of it counts as different; never less.</summary>
    [Fact]
    public void OneFlippedBit_LosesNothing()
    {
        var path = Write();
        var whole = File.ReadAllBytes(path);
        var random = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            var damaged = (byte[])whole.Clone();
            var at = i < 300 ? random.Next((int)MetadataLayout.Bitmap) : random.Next((int)MetadataLayout.Bitmap, whole.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            AssertNothingLost(damaged, at);
        }
    }

    [Fact]
    public void NewestActivity_DamagedInBothAreas_CountsAsEverythingDifferent()
    {
        var bytes = File.ReadAllBytes(Write());
        // Thirteen states were written: one at creation, eleven, and the last, number 13.
        var position = 13 % MetadataLayout.ActivityPositions * MetadataLayout.BlockBytes;
        bytes[MetadataLayout.ActivityA + position + 33] ^= 1;
        bytes[MetadataLayout.ActivityB + position + 33] ^= 1;

        Assert.True(Load(bytes).Unreliable);
    }

    [Fact]
    public void BothCopiesOfTheLineage_Damaged_Refused()
    {
        var bytes = File.ReadAllBytes(Write());
        bytes[MetadataLayout.LineageA + 80] ^= 2;
        bytes[MetadataLayout.LineageB + 80] ^= 2;

        Assert.Throws<MetadataException>(() => Load(bytes));
    }

    [Fact]
    public void StaleCopyOfTheLineage_IsNotTaken()
    {
        var path = Write();
        var bytes = File.ReadAllBytes(path);
        MetadataLayout.WriteLineage(bytes.AsSpan((int)MetadataLayout.LineageA, MetadataLayout.BlockBytes), _lineage with { Current = new Generation(1) }, sequence: 1);

        AssertSame(_lineage, Load(bytes).Lineage);
    }

    /// <summary>A file as version 1 writes it. If this fails, the format has changed: give it a new version and keep reading this one.</summary>
    [Fact]
    public void Format_IsFrozen()
    {
        var block = new byte[MetadataLayout.BlockBytes];
        var lineage = new VolumeLineage(
            new Guid("11111111-2222-3333-4444-555555555555"), new Guid("66666666-7777-8888-9999-aaaaaaaaaaaa"), 1L << 30, 7, new Generation(0x1122334455667788),
            [new Generation(9)], [new Generation(8)], true, false, true);

        MetadataLayout.WriteLineage(block, lineage, 3);

        Assert.Equal(
            "464C494E454147450100000000000000030000000000000011111111222233334444555555555555666666667777888899" +
            "99AAAAAAAAAAAA000000400000000007000000000000008877665544332211050101000000000009000000000000000000",
            Convert.ToHexString(block.AsSpan(0, 12)) + "00000000" + Convert.ToHexString(block.AsSpan(16, 82)));
        AssertSame(lineage, MetadataLayout.TryReadLineage(block, out var sequence)!);
        Assert.Equal(3, sequence);
    }

    private void AssertNothingLost(byte[] bytes, int at)
    {
        var loaded = Load(bytes);
        AssertSame(_lineage, loaded.Lineage);
        Assert.True(loaded.Unreliable || loaded.ActiveExtents.SequenceEqual([40, 41, 42]), $"byte {at}: other extents");
        var dirty = new DirtyMap(_lineage.SizeBytes / DirtyMap.BlockBytes);
        foreach (var page in loaded.Pages)
            dirty.Merge(page.Index, page.Words);
        for (var bit = 0; bit < 8; bit++)
            Assert.True(dirty[2L * DirtyMap.BlocksPerPage + 5 * 64 + bit], $"byte {at}: a bit was lost");
    }

    private LoadedMetadata Load(byte[] bytes)
    {
        var path = NewFile;
        File.WriteAllBytes(path, bytes);
        using var file = MetadataFile.Open(path, out var loaded);
        return loaded;
    }

    private static void AssertSame(VolumeLineage expected, VolumeLineage actual)
    {
        Assert.Equal(expected with { Bases = [], History = [] }, actual with { Bases = [], History = [] });
        Assert.Equal(expected.Bases, actual.Bases);
        Assert.Equal(expected.History, actual.History);
    }
}
