using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Discovery;
using Futago.Iscsi.Login;
using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.FullFeature;

/// <summary>
/// Text negotiation in full-feature phase, RFC 7143 sections 11.10 and 11.11: SendTargets and the declaration of
/// MaxRecvDataSegmentLength. Long requests and long answers continue in further PDUs (C bit).
/// </summary>
internal sealed partial class FullFeaturePhase
{
    private const int MaximumTextBytes = 64 << 10;

    private readonly List<byte> _textRequest = [];
    private byte[] _textAnswer = [];
    private int _textSent;
    private uint _textTag;

    private void HandleText(Bhs header, ReadOnlySpan<byte> data)
    {
        // Section 11.10.4: the reserved transfer tag starts anew; any other one must be the one that we gave.
        if (header.TransferTag == Bhs.ReservedTag)
        {
            (_textAnswer, _textSent) = ([], 0);
        }
        else if (header.TransferTag != _textTag)
        {
            Reject(header, RejectReason.INVALID_PDU_FIELD);
            return;
        }
        if (_textSent < _textAnswer.Length)
        {
            SendText(header);
            return;
        }
        if (_textRequest.Count + data.Length > MaximumTextBytes)
            throw new IscsiProtocolException("text request too long");
        _textRequest.AddRange(data);
        if (header.Continue)
        {
            // Section 11.10.2: the other side says it understood and wants the rest.
            (_textAnswer, _textSent) = ([], 0);
            SendText(header, wantsMore: true);
            return;
        }
        var parsed = TextKeys.TryParse(CollectionsMarshal.AsSpan(_textRequest), out var pairs);
        _textRequest.Clear();
        if (!parsed)
        {
            Reject(header, RejectReason.PROTOCOL_ERROR);
            return;
        }
        var answer = new List<byte>();
        foreach (var (key, value) in pairs!)
            Answer(key, value, answer);
        (_textAnswer, _textSent) = ([.. answer], 0);
        SendText(header);
    }

    private void Answer(string key, string value, List<byte> answer)
    {
        if (key == "SendTargets")
        {
            if (!SendTargets.TryAnswer(value, session, connection, host, answer))
                TextKeys.Append(answer, key, KeyNegotiation.Reject);
            return;
        }
        var definition = KeyTable.Keys.FirstOrDefault(k => k.Name == key);
        if (definition is null)
        {
            TextKeys.Append(answer, key, KeyNegotiation.NotUnderstood);
            return;
        }
        // Section 13: most keys are for login only.
        if (!definition.InFullFeature)
        {
            TextKeys.Append(answer, key, KeyNegotiation.Reject);
            return;
        }
        if (KeyNegotiation.Answer(definition, value, session.Target is null, host.Options, connection.Parameters) is { } result)
            TextKeys.Append(answer, key, result);
        else if (definition.Name == "MaxRecvDataSegmentLength")
            TextKeys.Append(answer, key, connection.Parameters.TargetMaxRecvDataSegmentLength.ToString(CultureInfo.InvariantCulture));
    }

    private void SendText(Bhs request, bool wantsMore = false)
    {
        var length = Math.Min(_textAnswer.Length - _textSent, connection.Parameters.InitiatorMaxRecvDataSegmentLength);
        var part = _textAnswer.AsSpan(_textSent, length).ToArray();
        _textSent += length;
        var last = _textSent == _textAnswer.Length && !wantsMore;
        var header = NewHeader(Opcode.TEXT_RESPONSE, length, request.TaskTag);
        header[Bhs.FlagsOffset] = last ? Bhs.FinalBit : wantsMore ? (byte)0 : Bhs.ContinueBit;
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(Bhs.LunOffset), request.Lun);
        if (!last && _textTag == 0)
            _textTag = 1;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(Bhs.TransferTagOffset), last ? Bhs.ReservedTag : _textTag);
        if (last)
            (_textAnswer, _textSent) = ([], 0);
        connection.Enqueue(new ControlPdu(header, part));
    }
}
