using System.Text;
using Futago.Blocks.Atomic;
using Futago.Testing.Blocks;

namespace Futago.Blocks.Tests.Atomic;

/// <summary>Atomic writes through the journal, and what a crash leaves of them.</summary>
public sealed class AtomicWriteJournalTests : IDisposable
{
    /// <summary>Fields and checksum of a version 1 header; between them are zeros.</summary>
    private const string GoldenFields = "46555441474f414a01000000000200000020000000000000d4e230487c8df45462dec4b5210317e9deb6988662503fa5e61a14209adb82c1";
    private const string GoldenChecksum = "ce47253ebe0491e2b16fc4af4e7819896b46ff420d87fd85e22758c8056a4303";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-journal-");
    private readonly BlockBufferPool _pool = new(8 << 20);
    private readonly BlockBuffer _buffer;

    public AtomicWriteJournalTests() => _buffer = _pool.TryRent(1 << 20)!;

    private string JournalPath => Path.Combine(_directory.FullName, AtomicWriteJournal.FileName);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Write_OfTheLongestRange_IsDurable()
    {
        await using var device = new PowerFailBlockDevice(4 << 20, 1);
        using var journal = new AtomicWriteJournal(JournalPath, device);
        _buffer.GetSpan().Fill(7);

        Assert.Equal(BlockStatus.Ok, await journal.WriteAsync(512, 1 << 20, _buffer, 0));

        var medium = device.FailPower();
        Assert.Equal([0, 7, 7, 0], [medium[511], medium[512], medium[(1 << 20) + 511], medium[(1 << 20) + 512]]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(JournalPath));
        Assert.False(new AtomicWriteJournal(JournalPath, device).Replay());
    }

    /// <summary>The journal as it stands when the device is written: from there on a crash must end with all of the new data.</summary>
    [Fact]
    public async Task Crash_WhileTheDeviceIsWritten_IsMadeGood()
    {
        byte[] atCrash;
        await using (var torn = new CrashingDevice(new RamBlockDevice(1 << 20), JournalPath))
        {
            using var journal = new AtomicWriteJournal(JournalPath, torn);
            _buffer.GetSpan().Fill(7);
            await journal.WriteAsync(8192, 64 * 1024, _buffer, 0);
            atCrash = torn.Journal!;
        }
        await using var device = new RamBlockDevice(1 << 20);
        // Half of the write had got to the medium.
        device.Data.Slice(8192, 30_000).Fill(7);
        File.WriteAllBytes(JournalPath, atCrash);

        using var again = new AtomicWriteJournal(JournalPath, device);

        Assert.True(again.Replay());
        Assert.Equal(Enumerable.Repeat((byte)7, 64 * 1024), device.Data.Slice(8192, 64 * 1024).ToArray());
        Assert.Equal(0, device.Data[8191]);
        Assert.Equal(0, device.Data[8192 + 64 * 1024]);
        Assert.Equal(1, device.DurableWriteCount);
        // What is written from now on must not be undone by another replay.
        Assert.False(new AtomicWriteJournal(JournalPath, device).Replay());
    }

    /// <summary>A crash while the journal is written: whatever is missing of it, the old data stays.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4096 + 511)]
    public async Task Crash_WhileTheJournalIsWritten_LeavesTheOldData(int kept)
    {
        await using var device = new RamBlockDevice(1 << 20);
        File.WriteAllBytes(JournalPath, AtomicWriteJournal.Format(8192, Encoding.ASCII.GetBytes(new string('n', 512)))[..kept]);

        Assert.False(new AtomicWriteJournal(JournalPath, device).Replay());
        Assert.Equal(new byte[1 << 20], device.Data.ToArray());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(30)]
    [InlineData(2000)]
    [InlineData(4096 + 100)]
    public async Task Journal_WithAChangedByte_IsNotReplayed(int at)
    {
        await using var device = new RamBlockDevice(1 << 20);
        var journal = AtomicWriteJournal.Format(8192, new byte[512].Select(_ => (byte)'n').ToArray());
        journal[at] ^= 1;
        File.WriteAllBytes(JournalPath, journal);

        Assert.False(new AtomicWriteJournal(JournalPath, device).Replay());
    }

    [Fact]
    public async Task Journal_OfALargerVolume_KeepsTheVolumeFromBeingUsed()
    {
        await using var device = new RamBlockDevice(4096);
        File.WriteAllBytes(JournalPath, AtomicWriteJournal.Format(8192, new byte[512]));

        Assert.Throws<IOException>(() => new AtomicWriteJournal(JournalPath, device).Replay());
    }

    /// <summary>When this fails, the format has changed: bump its version, and keep reading the old one.</summary>
    [Fact]
    public async Task Version1_IsWrittenAndReadByteForByte()
    {
        var data = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("atomic!\n", 64)));
        var golden = new byte[4096 + data.Length];
        Convert.FromHexString(GoldenFields).CopyTo(golden, 0);
        Convert.FromHexString(GoldenChecksum).CopyTo(golden, 4096 - 32);
        data.CopyTo(golden, 4096);
        await using var device = new RamBlockDevice(1 << 20);
        File.WriteAllBytes(JournalPath, golden);

        Assert.Equal(golden, AtomicWriteJournal.Format(8192, data));
        Assert.True(new AtomicWriteJournal(JournalPath, device).Replay());
        Assert.Equal(data, device.Data.Slice(8192, data.Length).ToArray());
    }

    /// <summary>Keeps what the journal file holds when the device is written.</summary>
    private sealed class CrashingDevice(IBlockDevice inner, string journalPath) : BlockDeviceDecorator(inner)
    {
        public byte[]? Journal { get; private set; }

        public override void Submit(BlockRequest request)
        {
            using var file = new FileStream(journalPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Journal = new byte[file.Length];
            file.ReadExactly(Journal);
            Inner.Submit(request);
        }
    }
}
