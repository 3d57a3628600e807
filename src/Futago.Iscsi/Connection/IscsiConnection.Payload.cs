using Futago.Blocks;

namespace Futago.Iscsi.Connection;

/// <summary>Taking in the data segment of a command or Data-Out, as it comes.</summary>
internal sealed partial class IscsiConnection
{
    // The data segment that is being taken in behind an already handled header.
    private bool _inPayload;
    private int _payloadBytes;
    private int _payloadLeft;
    private int _payloadTrailer;
    private uint _payloadDigest;

    /// <summary>Places payload that has arrived; at its end checks the digest and lets the task go on.</summary>
    private bool ContinuePayload()
    {
        while (_payloadLeft > 0)
        {
            var available = Math.Min(_end - _start, _payloadLeft);
            if (available == 0)
                return false;
            var room = _phase!.PayloadRoom(out var buffer, out var offset);
            var count = room > 0 ? Math.Min(room, available) : available;
            var source = _received.Slice(_start, count);
            if (room > 0)
                source.CopyTo(buffer!.Slice(offset, count));
            AccountPayload(source);
            _start += count;
        }
        if (_end - _start < _payloadTrailer)
            return false;
        var intact = !_dataDigest || _payloadTrailer < Crc32C.Length || CheckPayloadDigest();
        _start += _payloadTrailer;
        _inPayload = false;
        if (_tap!.Capture is not null)
            _tap.End(_phase!.Payload, _payloadBytes);
        _phase!.EndPayload(intact);
        return true;
    }

    private void AccountPayload(ReadOnlySpan<byte> data)
    {
        if (_dataDigest)
            _payloadDigest = Crc32C.Append(_payloadDigest, data);
        _payloadLeft -= data.Length;
        _phase!.PayloadReceived(data.Length);
    }

    private bool CheckPayloadDigest()
    {
        var padding = _payloadTrailer - Crc32C.Length;
        var running = Crc32C.Append(_payloadDigest, _received.Slice(_start, padding));
        return Crc32C.Finish(running) == BitConverter.ToUInt32(_received.Slice(_start + padding, Crc32C.Length));
    }
}
