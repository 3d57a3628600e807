using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Futago.Benchmarks.Iscsi;

/// <summary>
/// As little of an initiator as keeps a target busy, so that the target is what is measured: all that may be sent goes in one call, all that has come is
/// taken in one call, and data that was read is looked at for its digest only. One session of one connection, used by one thread. Whatever a target must
/// not answer is an <see cref="InvalidDataException"/>: a fast wrong answer counts for nothing.
/// </summary>
internal sealed unsafe partial class LeanInitiator : IDisposable
{
    private const int HeaderBytes = 48;
    private const int DigestBytes = 4;
    private const int BlockBytes = 512;
    private const int ReceiveBytes = 2 << 20;

    /// <summary>IOV_MAX of Linux; a PDU takes three at most.</summary>
    private const int VectorsMax = 1024;

    private readonly Socket _socket;
    private readonly Negotiated _agreed;
    private readonly Stack<int> _free = new();

    /// <summary>By initiator task tag: bytes that the target has still to send.</summary>
    private readonly int[] _expected;

    /// <summary>Bytes of each command.</summary>
    private readonly int _length;
    private readonly byte* _data;
    private readonly byte* _received;

    private readonly Vector[] _vectors = GC.AllocateArray<Vector>(VectorsMax, pinned: true);

    /// <summary>Headers and digests of what is queued.</summary>
    private readonly byte* _scratch;
    private int _scratchUsed;
    private int _vectorsUsed;

    // The PDU that is being received.
    private readonly byte[] _header = new byte[HeaderBytes + DigestBytes];
    private int _headerFilled;
    private int _dataLeft;
    private int _digestLeft;
    private uint _running;
    private uint _digest;

    private uint _cmdSn = 1;
    private uint _expStatSn;
    private uint _maxCmdSn;
    private bool _mayFail;

    /// <param name="length">Bytes of each command, a multiple of 512.</param>
    public LeanInitiator(string portal, string target, string name, int queueDepth, int length, bool digests)
    {
        _length = length;
        _expected = new int[queueDepth];
        for (var i = queueDepth - 1; i >= 0; i--)
            _free.Push(i);
        (_socket, _agreed) = LeanLogin.Open(portal, target, name, digests);
        (_expStatSn, _maxCmdSn) = (_agreed.ExpStatSn, _agreed.MaxCmdSn);
        _data = (byte*)NativeMemory.AlignedAlloc((nuint)length, 4096);
        _received = (byte*)NativeMemory.AlignedAlloc(ReceiveBytes, 4096);
        _scratch = (byte*)NativeMemory.AlignedAlloc(VectorsMax * (HeaderBytes + DigestBytes), 64);
        new Span<byte>(_data, length).Fill(0xA5);
        ClearUnitAttentions();
    }

    public bool CanSubmit => _free.Count > 0 && (int)(_maxCmdSn - _cmdSn) >= 0;

    public int InFlight => _expected.Length - _free.Count;

    /// <summary>Commands that ended with GOOD and, of a read, all data.</summary>
    public long Completed { get; private set; }

    /// <summary>READ (16), SBC-3 section 5.11.</summary>
    public void Read(long offset)
    {
        var tag = _free.Pop();
        _expected[tag] = _length;
        var header = Command(tag, 0xC0, 0x88, offset);
        Queue(header, null, 0);
    }

    /// <summary>WRITE (16), SBC-3 section 5.31, with as much immediate and unsolicited data as was agreed (RFC 7143 sections 13.10 to 13.14).</summary>
    public void Write(long offset)
    {
        var tag = _free.Pop();
        _expected[tag] = 0;
        var first = Math.Min(_length, _agreed.FirstBurst);
        var immediate = _agreed.ImmediateData ? Math.Min(first, _agreed.SegmentMax) : 0;
        var more = _agreed.InitialR2T ? 0 : first - immediate;
        // F: no unsolicited Data-Out follows.
        var header = Command(tag, (byte)(more > 0 ? 0x20 : 0xA0), 0x8A, offset);
        Queue(header, _data, immediate);
        if (more > 0)
            SendData(tag, uint.MaxValue, immediate, more);
    }

    /// <summary>Sends what is queued and takes what has come, waiting when nothing has.</summary>
    public void Exchange()
    {
        Flush();
        var count = _socket.Receive(new Span<byte>(_received, ReceiveBytes));
        Parse(new ReadOnlySpan<byte>(_received, count > 0 ? count : throw new InvalidDataException("The target has closed the connection.")));
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.AlignedFree(_data);
        NativeMemory.AlignedFree(_received);
        NativeMemory.AlignedFree(_scratch);
    }

    /// <summary>TEST UNIT READY until a new session's unit attentions are gone.</summary>
    private void ClearUnitAttentions()
    {
        for (var tries = 0; Completed == 0; tries++)
        {
            _mayFail = tries < 10;
            var tag = _free.Pop();
            _expected[tag] = 0;
            Queue(Command(tag, 0x80, 0x00, 0, length: 0), null, 0);
            while (InFlight > 0)
                Exchange();
        }
        _mayFail = false;
        Completed = 0;
    }

    /// <summary>A SCSI Command PDU, RFC 7143 section 11.3, to LUN 1.</summary>
    /// <param name="offset">In bytes.</param>
    private Span<byte> Command(int tag, byte flags, byte operation, long offset, int? length = null)
    {
        var header = NewHeader();
        var bytes = length ?? _length;
        header[0] = 0x01;
        header[1] = flags;
        header[9] = 1;
        BinaryPrimitives.WriteInt32BigEndian(header[16..], tag);
        BinaryPrimitives.WriteInt32BigEndian(header[20..], bytes);
        BinaryPrimitives.WriteUInt32BigEndian(header[24..], _cmdSn++);
        BinaryPrimitives.WriteUInt32BigEndian(header[28..], _expStatSn);
        header[32] = operation;
        if (bytes > 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(header[34..], offset / BlockBytes);
            BinaryPrimitives.WriteInt32BigEndian(header[42..], bytes / BlockBytes);
        }
        return header;
    }

    /// <summary>Data-Out PDUs, RFC 7143 section 11.7: an unsolicited burst, or what an R2T asks for.</summary>
    private void SendData(int tag, uint transferTag, int offset, int length)
    {
        for (var number = 0; length > 0; number++)
        {
            var part = Math.Min(length, _agreed.SegmentMax);
            var header = NewHeader();
            header[0] = 0x05;
            header[1] = (byte)(part == length ? 0x80 : 0);
            header[9] = 1;
            BinaryPrimitives.WriteInt32BigEndian(header[16..], tag);
            BinaryPrimitives.WriteUInt32BigEndian(header[20..], transferTag);
            BinaryPrimitives.WriteUInt32BigEndian(header[28..], _expStatSn);
            BinaryPrimitives.WriteInt32BigEndian(header[36..], number);
            BinaryPrimitives.WriteInt32BigEndian(header[40..], offset);
            Queue(header, _data + offset, part);
            offset += part;
            length -= part;
        }
    }

    private void Handle(ReadOnlySpan<byte> header)
    {
        _maxCmdSn = BinaryPrimitives.ReadUInt32BigEndian(header[32..]);
        var tag = BinaryPrimitives.ReadUInt32BigEndian(header[16..]);
        switch (header[0] & 0x3F)
        {
            case 0x25:
                _expected[Known(tag)] -= DataLength(header);
                // S: the status comes with the data.
                if ((header[1] & 1) != 0)
                    Finish(header, tag);
                break;
            case 0x21:
                Finish(header, tag);
                break;
            case 0x31:
                var offset = BinaryPrimitives.ReadInt32BigEndian(header[40..]);
                var wanted = BinaryPrimitives.ReadInt32BigEndian(header[44..]);
                if (offset < 0 || wanted <= 0 || offset + (long)wanted > _length)
                    throw new InvalidDataException("The target asks for data that the command does not have.");
                SendData(Known(tag), BinaryPrimitives.ReadUInt32BigEndian(header[20..]), offset, wanted);
                break;
            case 0x20 when tag == uint.MaxValue:
                Answer(header);
                break;
            default:
                throw new InvalidDataException($"The target sent a PDU that nobody asked for: 0x{header[0]:X2}.");
        }
    }

    private void Finish(ReadOnlySpan<byte> header, uint tag)
    {
        _expStatSn = BinaryPrimitives.ReadUInt32BigEndian(header[24..]) + 1;
        var good = header[3] == 0;
        if (!good && !_mayFail)
            throw new InvalidDataException($"A command ended with status 0x{header[3]:X2}.");
        if (good && _expected[Known(tag)] != 0)
            throw new InvalidDataException("The target did not send all that was to be read.");
        _free.Push((int)tag);
        Completed += good ? 1 : 0;
    }

    /// <summary>A ping of the target, RFC 7143 section 11.19, that wants an answer.</summary>
    private void Answer(ReadOnlySpan<byte> ping)
    {
        var transferTag = BinaryPrimitives.ReadUInt32BigEndian(ping[20..]);
        if (transferTag == uint.MaxValue)
            return;
        var header = NewHeader();
        header[0] = 0x40;
        header[1] = 0x80;
        ping[8..16].CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], uint.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(header[20..], transferTag);
        BinaryPrimitives.WriteUInt32BigEndian(header[24..], _cmdSn);
        BinaryPrimitives.WriteUInt32BigEndian(header[28..], _expStatSn);
        Queue(header, null, 0);
    }

    private int Known(uint tag) => tag < _expected.Length ? (int)tag : throw new InvalidDataException("The target answers a command that was never sent.");

    private static int DataLength(ReadOnlySpan<byte> header) => (int)(BinaryPrimitives.ReadUInt32BigEndian(header[4..]) & 0xFFFFFF);
}
