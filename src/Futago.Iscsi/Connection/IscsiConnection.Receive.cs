using Futago.Blocks;
using Futago.Iscsi.FullFeature;
using Futago.Iscsi.Login;
using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.Connection;

/// <summary>
/// Receiving: framing, digests, and payload that goes straight into the task's buffer when it has not been received along with
/// its header.
/// </summary>
internal sealed partial class IscsiConnection
{
    private const int InitialReceiveBytes = BlockBufferPool.MinimumBytes;

    /// <summary>Largest receive buffer: some sixty 4 KiB writes at once. Longer payload bypasses it.</summary>
    private const int LargeReceiveBytes = 256 << 10;

    /// <summary>Data segments from this length on are worth a receive of their own, straight into the task's buffer.</summary>
    private const int LongPayloadBytes = 16 << 10;

    /// <summary>What is received along with the end of a long data segment: the next header, and little of what must be copied.</summary>
    private const int BehindLongPayloadBytes = 1024;

    private readonly IoVectors _receiveVectors = new(2);

    // Null when spinning is switched off.
    private readonly Spinning? _spinning;
    private readonly Func<bool>? _tryReceive;

    /// <summary>Receives without having waited: in vain where commands come one at a time.</summary>
    private Trials _trials;

    private bool _longPayloads;
    private bool _receivedEnd;
    private BlockBuffer _received;
    private int _start;
    private int _end;
    private int _needed;
    private bool _headerDigest;
    private bool _dataDigest;
    private FullFeaturePhase? _phase;

    /// <returns>True: the connection rests. False: it is over.</returns>
    private bool Receive()
    {
        while (!_aborted)
        {
            bool held;
            Cork();
            try
            {
                // What others do once for several commands (submit reads, send answers elsewhere) they do once for all of these.
                using (CompletionBatch.Begin())
                    held = ParseAll();
            }
            finally
            {
                Uncork();
            }
            if (held)
            {
                WaitForSending();
                continue;
            }
            if (_closeAfterSending && !HasUnsent)
                return false;
            switch (FillBuffer())
            {
                case FillResult.Rests:
                    return true;
                case FillResult.Closed:
                    return false;
            }
        }
        return false;
    }

    /// <summary>Handles every complete PDU in the buffer. True: stopped before the end, because too many answers wait to be sent.</summary>
    private bool ParseAll()
    {
        while (!_closeAfterSending && !_aborted)
        {
            if (MustWaitForSending)
                return true;
            if (!ParseOne())
                return false;
            if (Volatile.Read(ref _queuedLongBytes) >= EarlyFlushBytes)
                FlushEarly();
        }
        return false;
    }

    /// <summary>A peer that does not read its answers is not read from either.</summary>
    private void WaitForSending()
    {
        while (!_aborted && MustWaitForSending)
        {
            NativeSocket.Wait(_handle, _wake, forReading: false, _sendBlocked);
            if (_sendBlocked)
                ResumeFlush();
        }
    }

    /// <summary>Waits for the socket and takes what there is.</summary>
    private FillResult FillBuffer()
    {
        // What may rest must know that there is nothing.
        var isTrial = _spinning is null && !_mayRest;
        while (!_aborted)
        {
            if (!isTrial || _trials.IsDue())
            {
                var received = TryReceiveOrSpin();
                if (isTrial)
                    _trials.Ended(received);
                if (received)
                    return _receivedEnd ? FillResult.Closed : FillResult.GoOn;
            }
            isTrial = false;
            if (_mayRest && TryRest())
                return FillResult.Rests;
            _mayRest = !NativeSocket.Wait(_handle, _wake, !_closeAfterSending, _sendBlocked, _patienceMs);
            if (_sendBlocked)
                ResumeFlush();
            if (_closeAfterSending)
                return FillResult.GoOn;
        }
        return FillResult.Closed;
    }

    private bool TryReceiveOrSpin()
    {
        if (_spinning is null)
            return TryReceive();
        if (!TryReceive())
        {
            _spinning.BeginWait();
            if (_sendBlocked || !_spinning.Spin(_tryReceive!))
                return false;
        }
        _spinning.EndWait();
        return true;
    }

    /// <returns>False: there is nothing now, or nothing may be taken any more.</returns>
    private bool TryReceive()
    {
        if (_closeAfterSending)
            return false;
        PrepareBuffer();
        _receiveVectors.Clear();
        var direct = 0;
        var offset = 0;
        BlockBuffer? buffer = null;
        if (_inPayload && _payloadLeft > 0 && _phase!.PayloadRoom(out buffer, out offset) is var room and > 0)
        {
            direct = Math.Min(room, _payloadLeft);
            _receiveVectors.Add(buffer!, offset, direct);
        }
        var behind = _received.Capacity - _end;
        // A long data segment that came in here would have to be copied to where it belongs.
        if (_longPayloads && (direct > 0 || !_inPayload))
            behind = Math.Min(behind, BehindLongPayloadBytes);
        _receiveVectors.Add(_received, _end, behind);
        var count = NativeSocket.Receive(_handle, _receiveVectors);
        if (count == NativeSocket.Again)
            return false;
        if (count < 0)
            throw new IOException($"receive error {-count}");
        _receivedEnd = count == 0;
        Volatile.Write(ref _lastReceivedAt, _time.GetTimestamp());
        var placed = (int)Math.Min(count, direct);
        if (placed > 0)
            AccountPayload(buffer!.Slice(offset, placed));
        _end += (int)count - placed;
        if (_end == _received.Capacity && _received.Capacity < LargeReceiveBytes)
            _needed = Math.Max(_needed, _received.Capacity * 4);
        return true;
    }

    /// <summary>Moves what is left to the front when the tail gets short, and grows when a PDU needs it or receives fill the buffer.</summary>
    private void PrepareBuffer()
    {
        if (_start == _end)
            _start = _end = 0;
        if (_needed > _received.Capacity && _pool.TryRent(_needed) is { } larger)
        {
            _received.Slice(_start, _end - _start).CopyTo(larger.GetSpan());
            _pool.Return(_received);
            (_received, _start, _end) = (larger, 0, _end - _start);
        }
        _needed = 0;
        if (_start > 0 && _received.Capacity - _end < _received.Capacity / 4)
        {
            _received.Slice(_start, _end - _start).CopyTo(_received.GetSpan());
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _received.Capacity)
            throw new IOException("no memory for a larger receive buffer");
    }

    /// <summary>Handles one PDU, or a part of its payload. False: more must be received first.</summary>
    private bool ParseOne()
    {
        if (_inPayload)
            return ContinuePayload();
        var available = _end - _start;
        if (available < Bhs.Length)
            return false;
        var header = new Bhs(_received.Slice(_start, Bhs.Length));
        var ahsBytes = header.AhsBytes;
        var dataBytes = header.DataBytes;
        CheckLengths(header, ahsBytes, dataBytes);
        var headerBytes = Bhs.Length + ahsBytes + (_headerDigest ? Crc32C.Length : 0);
        if (available < headerBytes)
            return Need(headerBytes);
        if (_headerDigest)
            CheckHeaderDigest(Bhs.Length + ahsBytes);
        var trailer = Bhs.Padding(dataBytes) + (_dataDigest && dataBytes > 0 ? Crc32C.Length : 0);
        if (_phase is not null && header.Opcode is Opcode.SCSI_COMMAND or Opcode.DATA_OUT)
        {
            var ahs = _received.Slice(_start + Bhs.Length, ahsBytes);
            _start += headerBytes;
            _longPayloads = dataBytes >= LongPayloadBytes;
            (_inPayload, _payloadBytes, _payloadLeft, _payloadTrailer, _payloadDigest) = (true, dataBytes, dataBytes, trailer, Crc32C.Seed);
            if (_tap!.Capture is not null)
                _tap.Begin(_received.Slice(_start - headerBytes, Bhs.Length + ahsBytes));
            _phase.BeginPayload(header, ahs, dataBytes);
            return ContinuePayload();
        }
        var total = headerBytes + dataBytes + trailer;
        if (available < total)
            return Need(total);
        HandleWhole(header, _start + headerBytes, dataBytes);
        _start += total;
        return true;
    }

    private bool Need(int bytes)
    {
        if (bytes > _received.Capacity)
            _needed = Math.Max(_needed, bytes);
        else if (_start + bytes > _received.Capacity)
        {
            _received.Slice(_start, _end - _start).CopyTo(_received.GetSpan());
            (_start, _end) = (0, _end - _start);
        }
        return false;
    }

    private void CheckLengths(Bhs header, int ahsBytes, int dataBytes)
    {
        if (_phase is null)
        {
            // Before anything is known of the peer: a Login Request of at most 8 KiB and no AHS.
            if (header.Opcode != Opcode.LOGIN_REQUEST)
                throw new IscsiProtocolException($"opcode 0x{(byte)header.Opcode:X2} before login");
            if (ahsBytes != 0 || dataBytes > LoginNegotiation.MaximumDataBytes)
                throw new IscsiProtocolException("login request too long");
            return;
        }
        // RFC 7143 section 13.12: no data segment exceeds what the receiver has declared.
        if (dataBytes > Parameters.TargetMaxRecvDataSegmentLength)
            throw new IscsiProtocolException($"data segment of {dataBytes} bytes exceeds MaxRecvDataSegmentLength");
        if (ahsBytes > (header.Opcode == Opcode.SCSI_COMMAND ? Bhs.MaximumAhsBytes : 0))
            throw new IscsiProtocolException($"AHS of {ahsBytes} bytes");
    }

    /// <summary>Section 7.7: after a header digest error nothing of the PDU can be trusted, not even where the next one starts.</summary>
    private void CheckHeaderDigest(int coveredBytes)
    {
        var expected = BitConverter.ToUInt32(_received.Slice(_start + coveredBytes, Crc32C.Length));
        if (Crc32C.Compute(_received.Slice(_start, coveredBytes)) != expected)
            throw new IscsiProtocolException("header digest error");
    }

    private void HandleWhole(Bhs header, int dataOffset, int dataBytes)
    {
        var data = _received.Slice(dataOffset, dataBytes);
        if (_phase is null)
        {
            HandleLogin(header, data);
            return;
        }
        if (_dataDigest && dataBytes > 0)
        {
            var covered = dataBytes + Bhs.Padding(dataBytes);
            var expected = BitConverter.ToUInt32(_received.Slice(dataOffset + covered, Crc32C.Length));
            // Section 7.7: with ErrorRecoveryLevel 0 a control PDU that is lost this way leaves a gap in CmdSN that nobody fills.
            if (Crc32C.Compute(_received.Slice(dataOffset, covered)) != expected)
                throw new IscsiProtocolException("data digest error in a PDU that is no data");
        }
        if (_tap!.Capture is { } capture)
            _tap.Received(capture, header.Bytes, data);
        _phase.Handle(header, data);
    }

    private enum FillResult
    {
        /// <summary>There is something to parse, or another reason to look.</summary>
        GoOn,

        /// <summary>Somebody else owns the connection now.</summary>
        Rests,

        /// <summary>The peer has closed, or we have.</summary>
        Closed,
    }
}
