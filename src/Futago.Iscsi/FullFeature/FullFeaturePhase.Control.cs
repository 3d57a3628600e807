using System.Buffers.Binary;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.FullFeature;

/// <summary>NOP, Logout, Reject and asynchronous messages: RFC 7143 sections 11.9, 11.14, 11.15, 11.17 to 11.19.</summary>
internal sealed partial class FullFeaturePhase
{
    private const int LogoutReasonMask = 0x7F;
    private const int LogoutCidOffset = 20;
    private const int LogoutResponseOffset = 2;
    private const int RejectReasonOffset = 2;
    private const int AsyncEventOffset = 36;
    private const int AsyncParametersOffset = 38;

    private uint _pingTag;

    /// <summary>Section 11.18: the same data comes back, as far as the initiator can take it.</summary>
    private void AnswerNop(Bhs header, ReadOnlySpan<byte> data)
    {
        var length = Math.Min(data.Length, connection.Parameters.InitiatorMaxRecvDataSegmentLength);
        var answer = NewHeader(Opcode.NOP_IN, length, header.TaskTag);
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(Bhs.LunOffset), header.Lun);
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(Bhs.TransferTagOffset), Bhs.ReservedTag);
        connection.Enqueue(new ControlPdu(answer, data[..length].ToArray()));
    }

    /// <summary>Section 11.19: a NOP-In that asks for an answer. Any thread.</summary>
    public void Ping()
    {
        var header = NewHeader(Opcode.NOP_IN, 0, Bhs.ReservedTag);
        var tag = Interlocked.Increment(ref _pingTag) & 0x7FFFFFFF;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(Bhs.TransferTagOffset), tag);
        connection.Enqueue(new ControlPdu(header, []) { StatSn = StatSnUse.Show });
    }

    /// <summary>Any answer proves that the initiator lives, whichever ping it belongs to.</summary>
    private void EndPing() => connection.PingAnswered();

    private void Logout(Bhs header)
    {
        var reason = (LogoutReason)(header.Flags & LogoutReasonMask);
        var cid = header.UInt16At(LogoutCidOffset);
        var response = reason switch
        {
            LogoutReason.CLOSE_SESSION => LogoutResponse.CLOSED,
            LogoutReason.CLOSE_CONNECTION => session.Connections().Any(c => c.Cid == cid) ? LogoutResponse.CLOSED : LogoutResponse.CID_NOT_FOUND,
            _ => LogoutResponse.RECOVERY_NOT_SUPPORTED,
        };
        var answer = NewHeader(Opcode.LOGOUT_RESPONSE, 0, header.TaskTag);
        answer[LogoutResponseOffset] = (byte)response;
        connection.Enqueue(new ControlPdu(answer, []));
        if (response != LogoutResponse.CLOSED)
            return;
        foreach (var other in session.Connections())
        {
            if (reason == LogoutReason.CLOSE_SESSION || other.Cid == cid)
                other.CloseAfterSending(loggedOut: true);
        }
    }

    /// <summary>Section 11.17: says why a PDU was not taken and returns its header.</summary>
    private void Reject(Bhs rejected, RejectReason reason)
    {
        ConnectionLog.Rejected(logger, connection.Remote, reason);
        var header = NewHeader(Opcode.REJECT, Bhs.Length, Bhs.ReservedTag);
        header[RejectReasonOffset] = (byte)reason;
        connection.Enqueue(new ControlPdu(header, rejected.Bytes.ToArray()));
    }

    /// <summary>Section 11.9.1, event 1: asks the initiator to log out within so many seconds.</summary>
    public void RequestLogout(int seconds)
    {
        var header = NewHeader(Opcode.ASYNC_MESSAGE, 0, Bhs.ReservedTag);
        header[AsyncEventOffset] = (byte)AsyncEvent.LOGOUT_REQUEST;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(AsyncParametersOffset + 4), (ushort)seconds);
        connection.Enqueue(new ControlPdu(header, []));
    }

    private static byte[] NewHeader(Opcode opcode, int dataBytes, uint taskTag)
    {
        var header = new byte[Bhs.Length];
        Bhs.Begin(header, opcode, Bhs.FinalBit, dataBytes);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(Bhs.TaskTagOffset), taskTag);
        return header;
    }
}
