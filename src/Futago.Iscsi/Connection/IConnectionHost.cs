using Futago.Blocks;
using Futago.Iscsi.Login;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;
using Microsoft.Extensions.Logging;

namespace Futago.Iscsi.Connection;

/// <summary>What a connection needs of the server that accepted it.</summary>
internal interface IConnectionHost : ILoginDirectory
{
    BlockBufferPool Pool { get; }

    IscsiServerOptions Options { get; }

    TimeProvider Time { get; }

    ILogger ConnectionLogger { get; }

    ConnectionThreads Threads { get; }

    RestingConnections Resting { get; }

    /// <summary>Targets that this initiator may log in to, for SendTargets.</summary>
    IReadOnlyList<ServedTarget> TargetsFor(IscsiConnection connection, string initiatorName);

    /// <summary>Addresses of the portals that this connection's peer can use, as TargetAddress values without the group tag.</summary>
    IReadOnlyList<string> PortalAddressesFor(IscsiConnection connection);

    /// <summary>
    /// Creates or joins the session of a finished login; ends an older session of the same initiator port first and waits for it.
    /// </summary>
    /// <returns>SUCCESS, or why there is no session after all.</returns>
    LoginStatus CompleteLogin(LoginNegotiation login, IscsiConnection connection, uint cmdSn, out IscsiSession? session);

    void RefuseLogin(LoginNegotiation login, IscsiConnection connection, LoginRefusalReason reason);

    /// <summary>Ends tasks in the other sessions of a target for CLEAR TASK SET and the resets.</summary>
    void TerminateGathering(IscsiSession except, ulong? lun);

    /// <summary>The sessions that the target has now; TARGET COLD RESET ends them.</summary>
    IReadOnlyList<IscsiSession> SessionsOf(ServedTarget target);

    void ConnectionEnded(IscsiConnection connection);
}
