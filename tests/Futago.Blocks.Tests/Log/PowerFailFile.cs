using System.Runtime.InteropServices;
using Futago.Blocks.Native;

namespace Futago.Blocks.Tests.Log;

/// <summary>What a volume's file and its log have in common: after a number of steps on either, nothing more happens to them.</summary>
internal sealed class Power(int seed, int steps)
{
    private int _steps = steps;

    public object Gate { get; } = new();

    public Random Random { get; } = new(seed);

    public bool IsOff { get; private set; }

    /// <summary>Under <see cref="Gate"/>.</summary>
    /// <returns>False: the power fails in this step.</returns>
    public bool TryStep()
    {
        IsOff |= --_steps <= 0;
        return !IsOff;
    }

    public void Fail()
    {
        lock (Gate)
            IsOff = true;
    }
}

/// <summary>
/// A file of which two states are kept: what everybody sees (<see cref="Cache"/>) and what a loss of power leaves (<see cref="Medium"/>). A change that
/// was not made durable survives by chance, each of its sectors for itself.
/// </summary>
/// <param name="durable">Whether a write returns when it is durable, as one of a log does.</param>
internal sealed class PowerFailFile(Power power, int lengthBytes, bool durable) : IBlockFile
{
    private const int SectorBytes = 512;

    private readonly List<(long Offset, byte[] Data)> _changes = [];

    public byte[] Cache { get; private set; } = new byte[lengthBytes];

    public byte[] Medium { get; private set; } = new byte[lengthBytes];

    public bool IsBlockDevice => false;

    public int OffsetAlignment => 1;

    public int MemoryAlignment => 1;

    public int UnmapGranularity => 4096;

    public FileSystemId? SharingWith => null;

    /// <summary>The same content on a machine that has power.</summary>
    /// <param name="losesCache">False: only the program was ended; the kernel still has everything.</param>
    public PowerFailFile Restart(Power later, bool losesCache)
    {
        lock (power.Gate)
        {
            foreach (var (offset, data) in _changes)
                Survive(offset, data);
            var content = losesCache ? Medium : Cache;
            return new PowerFailFile(later, lengthBytes, durable) { Cache = (byte[])content.Clone(), Medium = (byte[])content.Clone() };
        }
    }

    public long GetLength() => lengthBytes;

    public int Read(long offset, nint address, int length, bool cachedOnly)
    {
        lock (power.Gate)
        {
            if (power.IsOff)
                return -Errno.EIO;
            Marshal.Copy(Cache, (int)offset, address, length);
            return length;
        }
    }

    public int Write(long offset, nint address, int length, bool cachedOnly)
    {
        var data = new byte[length];
        Marshal.Copy(address, data, 0, length);
        return Change(offset, data) ? length : -Errno.EIO;
    }

    /// <summary>While it is not set, a synchronisation does not begin.</summary>
    public ManualResetEventSlim Syncs { get; } = new(true);

    public int Sync()
    {
        Syncs.Wait();
        lock (power.Gate)
        {
            if (!power.TryStep())
                return -Errno.EIO;
            foreach (var (offset, data) in _changes)
                data.CopyTo(Medium, offset);
            _changes.Clear();
            return 0;
        }
    }

    public int PunchHole(long offset, long length) => Change(offset, new byte[length]) ? 0 : -Errno.EIO;

    public int ZeroRange(long offset, long length) => PunchHole(offset, length);

    public BlockSpace? GetSpace() => null;

    public int CloneRange(IBlockFile source, long sourceOffset, long offset, long length) => -Errno.EOPNOTSUPP;

    public long SeekData(long offset) => offset;

    public long SeekHole(long offset) => lengthBytes;

    public void Dispose()
    {
        // Memory only.
    }

    private bool Change(long offset, byte[] data)
    {
        lock (power.Gate)
        {
            if (power.IsOff)
                return false;
            _changes.Add((offset, data));
            if (!power.TryStep())
                return false;
            data.CopyTo(Cache, offset);
            if (durable)
            {
                data.CopyTo(Medium, offset);
                _changes.Clear();
            }
            return true;
        }
    }

    private void Survive(long offset, byte[] data)
    {
        for (var at = 0; at < data.Length; at += SectorBytes)
        {
            if (power.Random.Next(2) == 0)
                data.AsSpan(at, Math.Min(SectorBytes, data.Length - at)).CopyTo(Medium.AsSpan((int)offset + at));
        }
    }
}
