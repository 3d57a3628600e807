using System.Net;
using Futago.Blocks;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Login;
using Futago.Iscsi.Observation;
using Futago.Iscsi.Portal;
using Futago.Iscsi.Session;
using Microsoft.Extensions.Logging;

namespace Futago.Iscsi;

/// <summary>
/// The iSCSI target: portals, the targets offered there, and their sessions. All members may be called from any thread; events are
/// raised on connection threads and must return soon.
/// <para>
/// Partials: <c>.Logins</c> (sessions begin and end), <c>.Connections</c> (accepting, limits, deadlines), <c>.Observation</c>
/// (statistics, the last commands, captures).
/// </para>
/// </summary>
public sealed partial class IscsiServer : IAsyncDisposable
{
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    private readonly IscsiServerOptions _options;
    private readonly BlockBufferPool _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ILogger _connectionLogger;
    private readonly PortalSet _portals;
    private readonly ITimer _timer;
    private readonly FailureThrottle _throttle;
    private readonly ServerHost _hostSide;
    private readonly CaptureRegistry _captures;

    /// <summary>Guards targets, sessions and connections. Taken before a session's gate, never inside it.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServedTarget> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<ushort, IscsiSession> _sessions = [];
    private readonly HashSet<IscsiConnection> _connections = [];
    private volatile ChapAccount? _discoveryChap;
    private bool _disposed;

    /// <exception cref="ArgumentException">Options are out of range; the message names all of them.</exception>
    public IscsiServer(IscsiServerOptions options, BlockBufferPool pool, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        var errors = options.Validate();
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _options = options;
        _pool = pool;
        _time = timeProvider;
        _logger = loggerFactory.CreateLogger<IscsiServer>();
        _connectionLogger = loggerFactory.CreateLogger<IscsiConnection>();
        _throttle = new FailureThrottle(timeProvider);
        _hostSide = new ServerHost(this);
        _captures = new CaptureRegistry(timeProvider);
        Resting = new RestingConnections(Threads);
        _portals = new PortalSet(Accept);
        _timer = timeProvider.CreateTimer(_ => Tick(), null, _tick, _tick);
    }

    /// <summary>A login was turned away for a reason that an administrator can do something about.</summary>
    public event Action<LoginRefusal>? LoginRefused;

    public event Action<SessionSnapshot>? SessionOpened;

    /// <summary>Nothing of the session is left: no connection, no command.</summary>
    public event Action<SessionSnapshot>? SessionClosed;

    internal ConnectionThreads Threads { get; } = new();

    internal RestingConnections Resting { get; }

    public IReadOnlyList<SessionSnapshot> Sessions => [.. AllSessions().Where(s => s.Visible).Select(s => s.Snapshot())];

    /// <summary>Opens what is new, closes what is gone, keeps what stays.</summary>
    public IReadOnlyList<PortalResult> SetPortals(IReadOnlyList<IPEndPoint> portals) => _portals.Set(portals);

    /// <summary>What discovery sessions must prove; null: nothing, they see what the access rules show them anyway.</summary>
    /// <exception cref="ArgumentException">The account is unsafe.</exception>
    public void SetDiscoveryChap(ChapAccount? account)
    {
        account?.Validate();
        _discoveryChap = account;
    }

    /// <summary>
    /// Adds a target or replaces its definition. Sessions that the new rules or CHAP account would not let in are closed, and so are
    /// all of them when another <see cref="IscsiTargetDefinition.Scsi"/> or portal group tag takes over; others go on.
    /// </summary>
    /// <exception cref="ArgumentException">The name or the CHAP account is not acceptable.</exception>
    public void SetTarget(IscsiTargetDefinition definition)
    {
        definition.Validate();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_targets.TryGetValue(definition.Name, out var target))
                target.Definition = definition;
            else
                _targets[definition.Name] = new ServedTarget(definition, _time);
        }
        foreach (var session in AllSessions().Where(s => s.Target?.Name == definition.Name && !StillAllowed(s, definition)))
            session.Close();
    }

    /// <summary>
    /// Takes a target away: no new logins, the initiators are asked to log out, and what remains after the grace time is closed.
    /// Completes when no command for it is left.
    /// </summary>
    public async Task RemoveTargetAsync(string name)
    {
        lock (_gate)
        {
            if (!_targets.Remove(name))
                return;
        }
        var sessions = AllSessions().Where(s => s.Target?.Name == name).ToList();
        if (sessions.Count == 0)
            return;
        foreach (var connection in sessions.SelectMany(s => s.Connections()))
            connection.RequestLogout((int)Math.Ceiling(_options.LogoutGrace.TotalSeconds));
        var ended = Task.WhenAll(sessions.Select(s => s.Ended));
        await Task.WhenAny(ended, Task.Delay(_options.LogoutGrace, _time)).ConfigureAwait(false);
        foreach (var session in sessions)
            session.Close();
        await ended.ConfigureAwait(false);
    }

    /// <summary>Ends all sessions of a target without an answer; what they have under way goes on, and nobody hears of it.</summary>
    public void CloseSessionsOf(string targetName)
    {
        foreach (var session in AllSessions().Where(s => s.Target?.Name == targetName))
            session.Close();
    }

    /// <returns>False when there is no such session (any more).</returns>
    public bool CloseSession(long id)
    {
        var session = AllSessions().FirstOrDefault(s => s.Id == id);
        session?.Close();
        return session is not null;
    }

    /// <summary>Closes portals, connections and sessions, and waits until their commands have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        List<IscsiConnection> connections;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _targets.Clear();
            connections = [.. _connections];
        }
        _portals.Dispose();
        await _timer.DisposeAsync().ConfigureAwait(false);
        var sessions = AllSessions();
        foreach (var connection in connections)
            connection.Abort();
        await Task.WhenAll(sessions.Select(s => s.Ended)).ConfigureAwait(false);
        await Task.WhenAll(connections.Select(c => c.Ended)).ConfigureAwait(false);
        Resting.Dispose();
        Threads.Dispose();
    }

    private List<IscsiSession> AllSessions()
    {
        lock (_gate)
            return [.. _sessions.Values];
    }

    private static bool StillAllowed(IscsiSession session, IscsiTargetDefinition definition)
    {
        var before = session.Definition!;
        return ReferenceEquals(before.Scsi, definition.Scsi)
            && before.PortalGroupTag == definition.PortalGroupTag
            && SameAccount(session.Authenticated, definition.Chap)
            && session.Connections().All(c => definition.AccessRules.Any(r => r.Allows(c.Remote.Address, session.InitiatorName)));
    }

    /// <summary>Who proved a secret that no longer counts must prove the new one; who is asked for nothing any more may stay.</summary>
    private static bool SameAccount(ChapAccount? proven, ChapAccount? required) =>
        required is null || (proven is not null && proven.User == required.User && proven.Secret == required.Secret);
}
