using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Futago.Blocks;
using Futago.Engine.Fuse;
using Futago.Guard;
using Futago.Testing.Blocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Engine.Tests.Fuse;

/// <summary>The FUSE server with the real kernel at its other end. What could wait for itself if it were wrong runs in a process of its own.</summary>
public sealed class FuseMountTests : IDisposable
{
    private const int Blocks = 4096;
    private const long LengthBytes = 64L << 20;
    private const int ENOSPC = 28;

    /// <summary>Long enough for the slowest machine; whoever meets it has hung.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-fuse-").FullName;
    private readonly List<FuseMount> _mounts = [];

    public void Dispose()
    {
        foreach (var mount in _mounts.Where(m => !m.Ended.IsCompleted))
            mount.Abort();
        foreach (var mount in _mounts)
            Assert.True(mount.Ended.Wait(Patience), "a FUSE server did not end");
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Write_ThroughTheFile_IsOnTheDevice()
    {
        var device = new RamBlockDevice(LengthBytes, Blocks);
        var data = Pattern(3 << 20, seed: 1);
        var mount = Mount(device);

        using (var file = File.OpenHandle(mount.FilePath, FileMode.Open, FileAccess.ReadWrite))
        {
            Assert.Equal(LengthBytes, RandomAccess.GetLength(file));
            RandomAccess.Write(file, data, 8 << 20);
        }

        Assert.True(data.AsSpan().SequenceEqual(device.Data.Slice(8 << 20, data.Length)));
        Assert.Equal(-1, device.Data[..(8 << 20)].IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, device.Data[((8 << 20) + data.Length)..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Read_AnyOffsetAndLength_GivesWhatIsThere()
    {
        var device = new RamBlockDevice(LengthBytes, Blocks);
        Pattern((int)LengthBytes, seed: 2).CopyTo(device.Data);
        var mount = Mount(device);
        var random = new Random(20);

        using var file = File.OpenHandle(mount.FilePath, FileMode.Open, FileAccess.Read);
        for (var i = 0; i < 200; i++)
        {
            var offset = random.NextInt64(LengthBytes);
            var buffer = new byte[random.Next(1, 2 << 20)];
            var n = RandomAccess.Read(file, buffer, offset);
            Assert.Equal((int)Math.Min(buffer.Length, LengthBytes - offset), n);
            Assert.True(buffer.AsSpan(0, n).SequenceEqual(device.Data.Slice((int)offset, n)), $"{n} bytes at {offset} differ");
        }
        Assert.Equal(0, RandomAccess.Read(file, new byte[16], LengthBytes));
    }

    /// <summary>Parts of blocks are read, changed and written back, side by side with neighbours that write into the same blocks.</summary>
    [Fact]
    public void Write_AnyOffsetAndLengthFromSeveralThreads_LosesNothing()
    {
        var device = new RamBlockDevice(LengthBytes, Blocks);
        var mount = Mount(device);
        var expected = Pattern((int)LengthBytes, seed: 3);
        // Neighbouring pieces, none of which begins or ends with a block, dealt out to four threads.
        var random = new Random(30);
        var pieces = new List<(int Offset, int Length)>();
        for (var offset = 0; offset < 8 << 20;)
        {
            var length = random.Next(1, 20_000);
            pieces.Add((offset, length));
            offset += length;
        }

        using (var file = File.OpenHandle(mount.FilePath, FileMode.Open, FileAccess.ReadWrite))
        {
            var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
            {
                for (var i = t; i < pieces.Count; i += 4)
                    RandomAccess.Write(file, expected.AsSpan(pieces[i].Offset, pieces[i].Length), pieces[i].Offset);
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
        }

        var end = pieces[^1].Offset + pieces[^1].Length;
        Assert.True(expected.AsSpan(0, end).SequenceEqual(device.Data[..end]));
    }

    [Fact]
    public void Write_BeyondTheEnd_IsRefused()
    {
        var mount = Mount(new RamBlockDevice(LengthBytes, Blocks));

        Assert.Equal("File too large", LastWriteError(mount.FilePath, LengthBytes / Blocks));
    }

    [Fact]
    public void Fsync_FlushesTheDevice()
    {
        var device = new RamBlockDevice(LengthBytes, Blocks);
        var mount = Mount(device);

        Assert.Equal(0, Run("dd", "if=/dev/zero", $"of={mount.FilePath}", "bs=4096", "count=1", "conv=notrunc,fsync", "status=none").ExitCode);

        Assert.Equal(1, device.FlushCount);
    }

    [Fact]
    public void Fallocate_PunchHole_UnmapsAndZeroRangeWritesZeroes()
    {
        var device = new RamBlockDevice(LengthBytes, Blocks);
        device.Data.Fill(7);
        var mount = Mount(device);

        Assert.Equal(0, Run("fallocate", "--punch-hole", "--offset", "1048576", "--length", "65536", mount.FilePath).ExitCode);
        Assert.Equal(1, device.UnmapCount);
        Assert.Equal(0, Run("fallocate", "--zero-range", "--keep-size", "--offset", "2097152", "--length", "65536", mount.FilePath).ExitCode);
        Assert.Equal(1, device.WriteZeroesCount);
        Assert.NotEqual(0, Run("fallocate", "--offset", "0", "--length", "65536", mount.FilePath).ExitCode);
        Assert.NotEqual(0, Run("fallocate", "--punch-hole", "--offset", "100", "--length", "65536", mount.FilePath).ExitCode);

        Assert.Equal(-1, device.Data.Slice(1 << 20, 65536).IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, device.Data.Slice(2 << 20, 65536).IndexOfAnyExcept((byte)0));
        Assert.Equal(LengthBytes - 2 * 65536, device.Data.Count((byte)7));
    }

    [Theory]
    [InlineData(BlockStatus.WriteError, 5, true)]
    [InlineData(BlockStatus.Offline, 5, true)]
    [InlineData(BlockStatus.NoSpace, ENOSPC, false)]
    public void Write_DeviceFails_IsTheErrorOfTheSystem(BlockStatus status, int errno, bool failed)
    {
        var device = new FaultyBlockDevice(new RamBlockDevice(LengthBytes, Blocks));
        device.Fail(BlockOperation.Write, status);
        var mount = Mount(device);

        Assert.Equal(Marshal.GetPInvokeErrorMessage(errno), LastWriteError(mount.FilePath));
        Assert.Equal(failed, mount.HasFailed);
    }

    [Fact]
    public void Lookup_AnotherName_IsNotThere()
    {
        var mount = Mount(new RamBlockDevice(LengthBytes, Blocks));

        Assert.False(File.Exists(mount.FilePath + "x"));
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(Path.GetDirectoryName(mount.FilePath)!, "new"), "x"));
        Assert.True(File.Exists(mount.FilePath));
    }

    [Fact]
    public void GetLength_DeviceHasGrown_IsTheNewOne()
    {
        var device = new RamBlockDevice(LengthBytes, Blocks);
        var mount = Mount(device);
        Assert.Equal(LengthBytes, new FileInfo(mount.FilePath).Length);

        device.GrowTo(LengthBytes * 2);

        Assert.Equal(LengthBytes * 2, new FileInfo(mount.FilePath).Length);
    }

    /// <summary>More at once than there are places: none is lost, and the rest waits in the kernel.</summary>
    [Fact]
    public async Task Write_MoreThanThePlaces_WaitAndEnd()
    {
        var device = new GatedBlockDevice(new RamBlockDevice(LengthBytes, Blocks));
        var mount = Mount(device);
        const int count = FuseServer.RequestsMaximum * 2;

        using (var file = File.OpenHandle(mount.FilePath, FileMode.Open, FileAccess.ReadWrite))
        {
            var threads = Enumerable.Range(0, count).Select(i => new Thread(() => RandomAccess.Write(file, new byte[Blocks], i * (long)Blocks))).ToList();
            threads.ForEach(t => t.Start());
            await device.WhenHeldAsync(FuseServer.RequestsMaximum);
            device.Open();
            threads.ForEach(t => t.Join());
        }

        Assert.True(mount.TryUnmount());
        await mount.Ended.WaitAsync(Patience);
    }

    [Fact]
    public async Task TryUnmount_FileIsOpen_StaysUntilItIsClosed()
    {
        var mount = Mount(new RamBlockDevice(LengthBytes, Blocks));

        using (File.OpenHandle(mount.FilePath))
            Assert.False(mount.TryUnmount());

        Assert.True(mount.TryUnmount());
        await mount.Ended.WaitAsync(Patience);
        Assert.False(Directory.Exists(Path.GetDirectoryName(mount.FilePath)));
    }

    /// <summary>What waits for the device gets its error at once; the device answers later, and nobody minds.</summary>
    [Fact]
    public async Task Abort_WriteUnderWay_EndsWithAnErrorAndTheServerWithTheDevice()
    {
        var device = new GatedBlockDevice(new RamBlockDevice(LengthBytes, Blocks));
        var mount = Mount(device);
        using var file = File.OpenHandle(mount.FilePath, FileMode.Open, FileAccess.ReadWrite);
        var writing = Task.Factory.StartNew(() => RandomAccess.Write(file, new byte[Blocks], 0), TaskCreationOptions.LongRunning);
        await device.WhenHeldAsync(1);

        mount.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => writing.WaitAsync(Patience));
        Assert.False(mount.Ended.IsCompleted);
        device.Open();
        await mount.Ended.WaitAsync(Patience);
    }

    /// <summary>What the guard does for an engine that it has ended, while a thread of it may wait for its own file system.</summary>
    [Fact]
    public async Task ServedMountsAbort_WriteUnderWay_EndsWithAnError()
    {
        var device = new GatedBlockDevice(new RamBlockDevice(LengthBytes, Blocks));
        var mount = Mount(device);
        using var file = File.OpenHandle(mount.FilePath, FileMode.Open, FileAccess.ReadWrite);
        var writing = Task.Factory.StartNew(() => RandomAccess.Write(file, new byte[Blocks], 0), TaskCreationOptions.LongRunning);
        await device.WhenHeldAsync(1);

        ServedMounts.Abort(Environment.ProcessId);

        await Assert.ThrowsAnyAsync<IOException>(() => writing.WaitAsync(Patience));
        device.Open();
        await mount.Ended.WaitAsync(Patience);
        mount.Abort();
    }

    private FuseMount Mount(IBlockDevice device)
    {
        var mount = FuseMount.Mount(Path.Combine(_directory, "volume"), device, "test", NullLogger.Instance);
        _mounts.Add(mount);
        return mount;
    }

    private static byte[] Pattern(int length, int seed)
    {
        var data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static string LastWriteError(string path, long block = 0)
    {
        var error = Run("dd", "if=/dev/zero", $"of={path}", "bs=4096", "count=1", $"seek={block}", "conv=notrunc", "status=none").Error;
        return error.TrimEnd().Split(": ")[^1];
    }

    private static (int ExitCode, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new Win32Exception();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
