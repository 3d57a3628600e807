using System.Net;
using Futago.Blocks;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Login;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;
using Microsoft.Extensions.Logging;

namespace Futago.Iscsi;

/// <summary>The server as connections and sessions see it; kept apart so that none of this is public.</summary>
public sealed partial class IscsiServer
{
    private sealed class ServerHost(IscsiServer server) : IConnectionHost, ISessionHost
    {
        public ChallengeRegistry Challenges { get; } = new();

        public ChapAccount? DiscoveryChap => server._discoveryChap;

        public BlockBufferPool Pool => server._pool;

        public IscsiServerOptions Options => server._options;

        public TimeProvider Time => server._time;

        public ILogger ConnectionLogger => server._connectionLogger;

        public ConnectionThreads Threads => server.Threads;

        public RestingConnections Resting => server.Resting;

        public IReadOnlyList<ChapAccount> AccountsFor(IPAddress address, string initiatorName)
        {
            lock (server._gate)
            {
                return [.. server._targets.Values
                    .Where(t => t.Definition.AccessRules.Any(r => r.Allows(address, initiatorName)))
                    .Select(t => t.Definition.Chap)
                    .OfType<ChapAccount>()
                    .Distinct()];
            }
        }

        public ServedTarget? FindTarget(string name, IPAddress local)
        {
            lock (server._gate)
                return server._targets.TryGetValue(name, out var target) && target.Definition.IsOfferedAt(local) ? target : null;
        }

        public IscsiSession? FindSession(ushort tsih)
        {
            lock (server._gate)
                return server._sessions.GetValueOrDefault(tsih);
        }

        public bool IsThrottled(IPAddress address) => server._throttle.IsThrottled(address);

        public IReadOnlyList<ServedTarget> TargetsFor(IscsiConnection connection, string initiatorName)
        {
            lock (server._gate)
            {
                return [.. server._targets.Values
                    .Where(t => t.Definition.IsOfferedAt(connection.Local.Address)
                        && t.Definition.AccessRules.Any(r => r.Allows(connection.Remote.Address, initiatorName)))
                    .OrderBy(t => t.Name, StringComparer.Ordinal)];
            }
        }

        public IReadOnlyList<string> PortalAddressesFor(IscsiConnection connection) => server._portals.AddressesFor(connection.Local);

        public LoginStatus CompleteLogin(LoginNegotiation login, IscsiConnection connection, uint cmdSn, out IscsiSession? session) =>
            server.CompleteLogin(login, connection, cmdSn, out session);

        public void RefuseLogin(LoginNegotiation login, IscsiConnection connection, LoginRefusalReason reason) =>
            server.RefuseLogin(login, connection, reason);

        public void TerminateGathering(IscsiSession except, ulong? lun)
        {
            foreach (var session in server.AllSessions().Where(s => s.Target == except.Target && s != except))
                session.TerminateGathering(lun);
        }

        public IReadOnlyList<IscsiSession> SessionsOf(ServedTarget target) => [.. server.AllSessions().Where(s => s.Target == target)];

        public void ConnectionEnded(IscsiConnection connection) => server.Remove(connection);

        public void SessionOpened(IscsiSession session) => server.OnSessionOpened(session);

        public void SessionEnded(IscsiSession session) => server.OnSessionEnded(session);
    }
}
