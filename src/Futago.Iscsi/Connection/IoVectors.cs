using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.Iscsi.Connection;

/// <summary>
/// A list of memory ranges for one scatter or gather call. Every range is checked against its buffer when it is added.
/// The buffers stay with their owners, who keep them until the call is over.
/// </summary>
internal sealed unsafe class IoVectors : IDisposable
{
    private readonly int _capacity;
    private readonly bool _ownsMemory;
    private IoVector* _vectors;
    private int _first;
    private int _count;

    public IoVectors(int capacity)
    {
        (_capacity, _ownsMemory) = (capacity, true);
        _vectors = (IoVector*)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(IoVector));
    }

    /// <param name="memory">Where the list stands; stays with its owner, who keeps it as long as this.</param>
    public IoVectors(BlockBuffer memory)
    {
        _capacity = memory.Capacity / sizeof(IoVector);
        _vectors = (IoVector*)memory.Address;
    }

    public IoVector* First => _vectors + _first;

    public int Remaining => _count - _first;

    public int Free => _capacity - _count;

    /// <summary>Bytes in all ranges that are left.</summary>
    public long Bytes { get; private set; }

    public void Clear() => (_first, _count, Bytes) = (0, 0, 0);

    public void Add(BlockBuffer buffer, int offset, int length)
    {
        if ((uint)offset > (uint)buffer.Capacity || (uint)length > (uint)(buffer.Capacity - offset) || length == 0 || _count == _capacity)
            throw new InvalidOperationException("I/O vector out of range.");
        var address = buffer.Address + offset;
        Bytes += length;
        // Neighbouring ranges become one: headers and small data stand one behind the other in the arena.
        if (_count > _first && _vectors[_count - 1].Address + (nint)_vectors[_count - 1].Length == address)
        {
            _vectors[_count - 1].Length += (nuint)length;
            return;
        }
        _vectors[_count].Address = address;
        _vectors[_count++].Length = (nuint)length;
    }

    /// <summary>Takes off what a send has accepted.</summary>
    public void Advance(nint bytes)
    {
        Bytes -= bytes;
        while (bytes > 0)
        {
            if (_first == _count)
                throw new InvalidOperationException("More bytes than vectors.");
            ref var vector = ref _vectors[_first];
            if ((nuint)bytes < vector.Length)
            {
                vector.Address += bytes;
                vector.Length -= (nuint)bytes;
                return;
            }
            bytes -= (nint)vector.Length;
            _first++;
        }
    }

    public void Dispose()
    {
        if (_ownsMemory)
            NativeMemory.Free(_vectors);
        _vectors = null;
    }
}
