using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>The states in the order in which they were found, in a file that nobody else sees. For several threads.</summary>
internal sealed class StateLog : IDisposable
{
    private const int StateBytes = 16;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _file;
    private long _count;

    public StateLog()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        File.Delete(path);
    }

    public long Count => Interlocked.Read(ref _count);

    public void Add(ReadOnlySpan<UInt128> states)
    {
        lock (_gate)
        {
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(states), _count * StateBytes);
            Interlocked.Add(ref _count, states.Length);
        }
    }

    /// <summary>As many as there is room for, all of which were added before.</summary>
    public void Read(long from, Span<UInt128> states)
    {
        var bytes = MemoryMarshal.AsBytes(states);
        for (var at = from * StateBytes; bytes.Length > 0;)
        {
            var n = RandomAccess.Read(_file, bytes, at);
            if (n == 0)
                throw new EndOfStreamException("The log of states ends early");
            bytes = bytes[n..];
            at += n;
        }
    }

    public void Dispose() => _file.Dispose();
}
