using Futago.Iscsi.Connection;
using Futago.Iscsi.Login;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi;

/// <summary>Sessions begin and end.</summary>
public sealed partial class IscsiServer
{
    /// <summary>Longest wait for the commands of a session that a new login replaces.</summary>
    private static readonly TimeSpan _reinstatementWait = TimeSpan.FromSeconds(10);

    private long _lastSessionId;
    private ushort _lastTsih;

    private LoginStatus CompleteLogin(LoginNegotiation login, IscsiConnection connection, uint cmdSn, out IscsiSession? session)
    {
        session = null;
        if (login.Joined is { } joined)
        {
            if (!joined.TryAdd(connection, login.Cid))
                return LoginStatus.TOO_MANY_CONNECTIONS;
            session = joined;
            return LoginStatus.SUCCESS;
        }
        if (!login.Discovery && !EndPredecessor(login))
            return LoginStatus.OUT_OF_RESOURCES;
        lock (_gate)
        {
            if (Admit(login, connection) is { } refusal)
                return refusal;
            session = new IscsiSession(_hostSide, ++_lastSessionId, login, NextTsih(), cmdSn, _pool, _options, _time);
            session.TryAdd(connection, login.Cid);
            _sessions[session.Tsih] = session;
        }
        try
        {
            if (session.Nexus is { } nexus)
                session.Definition!.Scsi.Open(nexus);
        }
        catch
        {
            // The connection falls with the exception; the session must not stay behind without one.
            session.ConnectionEnded(connection);
            throw;
        }
        return LoginStatus.SUCCESS;
    }

    private LoginStatus? Admit(LoginNegotiation login, IscsiConnection connection)
    {
        if (_disposed)
            return LoginStatus.SERVICE_UNAVAILABLE;
        if (_sessions.Count >= ushort.MaxValue - 1)
            return LoginStatus.OUT_OF_RESOURCES;
        if (login.Target is not { } target)
            return null;
        // The target may have been removed, or its rules changed, while the login went on.
        if (!_targets.TryGetValue(target.Name, out var current) || current != target || !target.Definition.IsOfferedAt(connection.Local.Address))
            return LoginStatus.TARGET_REMOVED;
        if (!target.Definition.AccessRules.Any(rule => rule.Allows(connection.Remote.Address, login.InitiatorName)))
            return LoginStatus.AUTHORIZATION_FAILURE;
        if (!SameAccount(login.Authenticated, target.Definition.Chap))
            return LoginStatus.AUTHENTICATION_FAILURE;
        if (_sessions.Values.Count(s => s.Target == target) >= _options.MaxSessionsPerTarget)
            return LoginStatus.OUT_OF_RESOURCES;
        // Another login of the same initiator port was faster by a hair: this one has to come again.
        return FindSamePort(login) is null ? null : LoginStatus.OUT_OF_RESOURCES;
    }

    /// <summary>
    /// Session reinstatement, RFC 7143 section 6.3.5: the same initiator port logs in again, so the old session is dead. This comes
    /// after authentication only, and its commands have ended before the new session begins.
    /// </summary>
    private bool EndPredecessor(LoginNegotiation login)
    {
        IscsiSession? old;
        lock (_gate)
            old = FindSamePort(login);
        if (old is null)
            return true;
        old.Close();
        return old.Ended.Wait(_reinstatementWait);
    }

    private IscsiSession? FindSamePort(LoginNegotiation login) => _sessions.Values.FirstOrDefault(s =>
        s.Target is not null && s.Target.Name == login.Target!.Name && s.Isid == login.Isid && s.InitiatorName == login.InitiatorName);

    /// <summary>Under the gate. 0 is reserved, RFC 7143 section 11.12.6.</summary>
    private ushort NextTsih()
    {
        do
        {
            _lastTsih = (ushort)(_lastTsih == ushort.MaxValue ? 1 : _lastTsih + 1);
        }
        while (_sessions.ContainsKey(_lastTsih));
        return _lastTsih;
    }

    private void OnSessionOpened(IscsiSession session)
    {
        session.Visible = true;
        ServerLog.SessionOpened(_logger, session.Id, session.InitiatorName, session.Target?.Name ?? "(discovery)");
        SessionOpened?.Invoke(session.Snapshot());
    }

    private void OnSessionEnded(IscsiSession session)
    {
        // First the SCSI side, so that a login waiting for this end finds reservations released.
        try
        {
            if (session.Nexus is { } nexus)
                session.Definition!.Scsi.Close(nexus);
        }
        catch (Exception e)
        {
            ServerLog.CloseFault(_logger, e, session.Id);
        }
        lock (_gate)
            _sessions.Remove(session.Tsih);
        ServerLog.SessionClosed(_logger, session.Id, session.InitiatorName, session.Target?.Name ?? "(discovery)");
        if (session.Visible)
            SessionClosed?.Invoke(session.Snapshot());
    }

    private void RefuseLogin(LoginNegotiation login, IscsiConnection connection, LoginRefusalReason reason)
    {
        if (reason == LoginRefusalReason.WrongChap)
            _throttle.Fail(connection.Remote.Address);
        LoginRefused?.Invoke(new LoginRefusal(connection.Remote.Address, login.InitiatorName, login.TargetName, reason));
    }
}
