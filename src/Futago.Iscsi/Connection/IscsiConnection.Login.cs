using System.Buffers.Binary;
using Futago.Iscsi.FullFeature;
using Futago.Iscsi.Login;
using Futago.Iscsi.Observation;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Connection;

/// <summary>Carries Login Requests to the <see cref="LoginNegotiation"/> and its replies back, RFC 7143 sections 11.12 and 11.13.</summary>
internal sealed partial class IscsiConnection
{
    /// <summary>Null after the login.</summary>
    private LoginNegotiation? _login;
    private bool _statSnStarted;

    // Null before the login is complete; a discovery session has no commands to observe.
    private ConnectionTap? _tap;
    private volatile ConnectionObservation? _observation;

    private void HandleLogin(Bhs header, ReadOnlySpan<byte> data)
    {
        // Section 6.3: until the login is complete nothing but Login Requests is looked at.
        if (header.Opcode != Opcode.LOGIN_REQUEST)
            throw new IscsiProtocolException($"opcode 0x{(byte)header.Opcode:X2} before login");
        if (!_statSnStarted)
        {
            _statSnStarted = true;
            _batch.StartStatSn(header.ExpStatSn);
        }
        _batch.LoginCmdSn = header.CmdSn;
        var login = _login!;
        var reply = login.Step(header, data);
        IscsiSession? session = null;
        if (reply.Completes)
        {
            var status = _host.CompleteLogin(login, this, header.CmdSn, out session);
            if (status != LoginStatus.SUCCESS)
            {
                reply = reply with
                {
                    Status = status,
                    Transit = false,
                    Text = [],
                    Refusal = status is LoginStatus.OUT_OF_RESOURCES or LoginStatus.TOO_MANY_CONNECTIONS ? LoginRefusalReason.TooManySessions : null,
                };
            }
        }
        if (session is not null)
        {
            _target = session.Target;
            Session = session;
            Cid = login.Cid;
            Parameters = login.Parameters;
            _batch.Window = session.Window;
        }
        Enqueue(LoginResponse(header, reply, session));
        if (session is not null)
        {
            EnterFullFeature(session);
            return;
        }
        if (reply.Status == LoginStatus.SUCCESS)
            return;
        ConnectionLog.LoginRefused(_logger, Remote, login.InitiatorName, login.TargetName, reply.Status);
        if (reply.Refusal is { } reason)
            _host.RefuseLogin(login, this, reason);
        CloseAfterSending(loggedOut: false);
    }

    private void EnterFullFeature(IscsiSession session)
    {
        _login!.Dispose();
        _login = null;
        // The login response must be emitted before its digests and window apply to what follows it in the queue.
        _batch.HeaderDigest = Parameters.HeaderDigest;
        _batch.DataDigest = Parameters.DataDigest;
        _headerDigest = Parameters.HeaderDigest;
        _dataDigest = Parameters.DataDigest;
        _batch.Tap = _tap = new ConnectionTap(session, Local, Remote);
        _observation = session.Target?.Observation.Open(session, Cid);
        _phase = new FullFeaturePhase(this, session, _host, _logger);
        HalfOpen = false;
        session.Established(this);
    }

    private static ControlPdu LoginResponse(Bhs request, LoginReply reply, IscsiSession? session)
    {
        var header = new byte[Bhs.Length];
        var flags = (byte)((reply.Transit ? LoginPdu.TransitBit : 0) | ((int)reply.CurrentStage << 2) | (reply.Transit ? (int)reply.NextStage : 0));
        Bhs.Begin(header, Opcode.LOGIN_RESPONSE, flags, reply.Text.Length);
        header[LoginPdu.VersionMaxOffset] = LoginPdu.Version;
        header[LoginPdu.VersionMinOffset] = LoginPdu.Version; // Version-active in a response
        request.Bytes.Slice(LoginPdu.IsidOffset, LoginPdu.IsidLength).CopyTo(header.AsSpan(LoginPdu.IsidOffset));
        // Section 11.13.3: the TSIH is given with the final response only; before that the request's is returned.
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(LoginPdu.TsihOffset), session?.Tsih ?? request.UInt16At(LoginPdu.TsihOffset));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(Bhs.TaskTagOffset), request.TaskTag);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(LoginPdu.StatusOffset), (ushort)reply.Status);
        return new ControlPdu(header, reply.Text) { WithoutDigests = true };
    }
}
