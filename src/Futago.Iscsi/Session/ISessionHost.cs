namespace Futago.Iscsi.Session;

internal interface ISessionHost
{
    /// <summary>The login response is queued: the session is open.</summary>
    void SessionOpened(IscsiSession session);

    /// <summary>All connections are gone and every command has ended. Called once, on any thread.</summary>
    void SessionEnded(IscsiSession session);
}
