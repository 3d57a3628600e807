using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.Benchmarks.Iscsi;

/// <summary>How PDUs leave and come.</summary>
internal sealed unsafe partial class LeanInitiator
{
    private int HeaderLength => HeaderBytes + (_agreed.Digests ? DigestBytes : 0);

    /// <summary>An empty header behind those that are queued; <see cref="Queue"/> must follow before the next.</summary>
    private Span<byte> NewHeader()
    {
        if (_vectorsUsed > VectorsMax - 3)
            Flush();
        var header = new Span<byte>(_scratch + _scratchUsed, HeaderBytes);
        header.Clear();
        return header;
    }

    /// <param name="header">What <see cref="NewHeader"/> gave.</param>
    /// <param name="length">A multiple of four.</param>
    private void Queue(Span<byte> header, byte* data, int length)
    {
        // DataSegmentLength: three bytes behind TotalAHSLength, which is 0 (RFC 7143 section 11.2.1).
        BinaryPrimitives.WriteInt32BigEndian(header[4..], length);
        Add(_scratch + _scratchUsed, HeaderLength);
        _scratchUsed += HeaderBytes;
        if (_agreed.Digests)
            WriteDigest(header);
        if (length == 0)
            return;
        Add(data, length);
        if (_agreed.Digests)
        {
            Add(_scratch + _scratchUsed, DigestBytes);
            WriteDigest(new ReadOnlySpan<byte>(data, length));
        }
    }

    private void WriteDigest(ReadOnlySpan<byte> bytes)
    {
        *(uint*)(_scratch + _scratchUsed) = Crc32C.Compute(bytes);
        _scratchUsed += DigestBytes;
    }

    private void Add(byte* start, int length) => _vectors[_vectorsUsed++] = new Vector(start, (nuint)length);

    private void Flush()
    {
        fixed (Vector* vectors = _vectors)
        {
            for (var next = 0; next < _vectorsUsed;)
            {
                var sent = WriteVectors((int)_socket.Handle, vectors + next, _vectorsUsed - next);
                if (sent < 0)
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
                for (; next < _vectorsUsed && (nuint)sent >= vectors[next].Length; next++)
                    sent -= (nint)vectors[next].Length;
                if (sent > 0)
                    vectors[next] = new Vector(vectors[next].Start + sent, vectors[next].Length - (nuint)sent);
            }
        }
        (_vectorsUsed, _scratchUsed) = (0, 0);
    }

    private void Parse(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_headerFilled < HeaderLength)
                TakeHeader(ref bytes);
            else if (_dataLeft > 0)
                TakeData(ref bytes);
            else
                TakeDigest(ref bytes);
            if (_headerFilled < HeaderLength || _dataLeft > 0 || _digestLeft > 0)
                continue;
            _headerFilled = 0;
            Handle(_header);
        }
    }

    private void TakeHeader(ref ReadOnlySpan<byte> bytes)
    {
        var part = Math.Min(HeaderLength - _headerFilled, bytes.Length);
        bytes[..part].CopyTo(_header.AsSpan(_headerFilled));
        bytes = bytes[part..];
        _headerFilled += part;
        if (_headerFilled < HeaderLength)
            return;
        if (_header[4] != 0)
            throw new InvalidDataException("The target sent an additional header segment.");
        if (_agreed.Digests && BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(HeaderBytes)) != Crc32C.Compute(_header.AsSpan(0, HeaderBytes)))
            throw new InvalidDataException("The header digest of the target is wrong.");
        _dataLeft = (DataLength(_header) + 3) & ~3;
        _digestLeft = _agreed.Digests && _dataLeft > 0 ? DigestBytes : 0;
        (_running, _digest) = (Crc32C.Seed, 0);
    }

    private void TakeData(ref ReadOnlySpan<byte> bytes)
    {
        var part = Math.Min(_dataLeft, bytes.Length);
        if (_agreed.Digests)
            _running = Crc32C.Append(_running, bytes[..part]);
        bytes = bytes[part..];
        _dataLeft -= part;
    }

    private void TakeDigest(ref ReadOnlySpan<byte> bytes)
    {
        _digest |= (uint)bytes[0] << (8 * (DigestBytes - _digestLeft));
        bytes = bytes[1..];
        if (--_digestLeft == 0 && _digest != Crc32C.Finish(_running))
            throw new InvalidDataException("The data digest of the target is wrong.");
    }

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    private static partial nint WriteVectors(int descriptor, Vector* vectors, int count);

    /// <summary>struct iovec.</summary>
    private readonly struct Vector(byte* start, nuint length)
    {
        public readonly byte* Start = start;
        public readonly nuint Length = length;
    }
}
