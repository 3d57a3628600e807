using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Futago.Blocks.Native;

namespace Futago.Blocks.Tests.Files;

/// <summary>A file in memory that keeps a record of its calls, holds them back and breaks them as a test wants.</summary>
internal sealed class FakeBlockFile(int lengthBytes) : IBlockFile
{
    private readonly byte[] _data = new byte[lengthBytes];
    private readonly SemaphoreSlim _syncGate = new(0);
    private readonly SemaphoreSlim _ioGate = new(0);

    public bool IsBlockDevice { get; init; }

    public int OffsetAlignment { get; init; } = 1;

    public int MemoryAlignment => 1;

    public int UnmapGranularity => 4096;

    /// <summary>Nothing is in the cache: every attempt at it fails with this error.</summary>
    public int CacheError { get; init; } = Errno.EAGAIN;

    /// <summary>Somebody else has the file for so many attempts of writers who will not wait.</summary>
    public int LockedAttempts { get; set; }

    /// <summary>Attempts of writers who will not wait.</summary>
    public int CachedWrites { get; private set; }

    public int SyncError { get; set; }

    public int AllocateError { get; set; }

    public int ReadError { get; set; }

    public int WriteError { get; set; }

    /// <summary>Largest transfer of one call: tests short reads and writes.</summary>
    public int MaximumTransfer { get; init; } = int.MaxValue;

    public bool HoldSyncs { get; set; }

    public bool HoldTransfers { get; set; }

    public ConcurrentQueue<string> Calls { get; } = new();

    public SemaphoreSlim SyncEntered { get; } = new(0);

    public SemaphoreSlim TransferEntered { get; } = new(0);

    public bool IsDisposed { get; private set; }

    public Span<byte> Data => _data;

    public int SyncCount => Calls.Count(call => call == "sync");

    public void ReleaseSync() => _syncGate.Release();

    public void ReleaseTransfer(int count = 1) => _ioGate.Release(count);

    public long GetLength() => _data.Length;

    public int Read(long offset, nint address, int length, bool cachedOnly)
    {
        if (cachedOnly && CacheError != 0)
            return -CacheError;
        EnterTransfer();
        if (ReadError != 0)
            return -ReadError;
        var count = (int)Math.Min(Math.Min(length, MaximumTransfer), _data.Length - offset);
        Marshal.Copy(_data, (int)offset, address, count);
        Calls.Enqueue($"read {offset}+{count}");
        return count;
    }

    public int Write(long offset, nint address, int length, bool cachedOnly)
    {
        if (cachedOnly)
        {
            CachedWrites++;
            if (CacheError != 0)
                return -CacheError;
            if (LockedAttempts > 0)
            {
                LockedAttempts--;
                return -Errno.EAGAIN;
            }
        }
        EnterTransfer();
        if (WriteError != 0)
            return -WriteError;
        var count = Math.Min(length, MaximumTransfer);
        Marshal.Copy(address, _data, (int)offset, count);
        Calls.Enqueue($"write {offset}+{count}");
        return count;
    }

    public int Sync()
    {
        Calls.Enqueue("sync");
        SyncEntered.Release();
        if (HoldSyncs)
            _syncGate.Wait();
        return -SyncError;
    }

    public int PunchHole(long offset, long length) => Allocate("punch", offset, length);

    public int ZeroRange(long offset, long length) => Allocate("zero", offset, length);

    public BlockSpace? GetSpace() => null;

    public FileSystemId? SharingWith => null;

    public int CloneRange(IBlockFile source, long sourceOffset, long offset, long length) => -Errno.EOPNOTSUPP;

    public long SeekData(long offset) => offset;

    public long SeekHole(long offset) => _data.Length;

    public void Dispose() => IsDisposed = true;

    private int Allocate(string call, long offset, long length)
    {
        if (AllocateError != 0)
            return -AllocateError;
        Calls.Enqueue($"{call} {offset}+{length}");
        _data.AsSpan((int)offset, (int)length).Clear();
        return 0;
    }

    private void EnterTransfer()
    {
        TransferEntered.Release();
        if (HoldTransfers)
            _ioGate.Wait();
    }
}
