using System.Collections.Immutable;
using Futago.Blocks;
using Futago.Iscsi.Connection;
using Futago.Iscsi.Login;
using Futago.Iscsi.Observation;
using Futago.Scsi.Transport;

namespace Futago.Iscsi.Session;

/// <summary>
/// A session: one initiator port logged in to one target portal group (an I_T nexus), over one or more connections; or a discovery
/// session, which has no target.
/// <para>
/// <see cref="Gate"/> guards command order and the gathering of data. Completions and sending do not take it.
/// Lock order: a session's gate, then a connection's send gate or the task table's gate. Never two sessions' gates.
/// </para>
/// </summary>
internal sealed partial class IscsiSession
{
    private readonly ISessionHost _host;
    private readonly List<IscsiConnection> _connections = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _established;
    private bool _closing;
    private ConnectionSnapshot? _lastConnection;

    /// <summary>Commands with the SCSI layer, plus one that the open session itself holds.</summary>
    private int _executing = 1;

    private long _commands;
    private long _bytesRead;
    private long _bytesWritten;
    private long _aborted;
    private volatile SessionCapture? _capture;

    /// <summary>Null nearly always. Written under the gate.</summary>
    private volatile ImmutableQueue<Action>? _deferred;

    public IscsiSession(
        ISessionHost host, long id, LoginNegotiation login, ushort tsih, uint firstCmdSn, BlockBufferPool pool, IscsiServerOptions options, TimeProvider time)
    {
        _host = host;
        Id = id;
        InitiatorName = login.InitiatorName;
        InitiatorAlias = login.InitiatorAlias;
        Isid = login.Isid;
        Tsih = tsih;
        Target = login.Target;
        Definition = login.Target?.Definition;
        Authenticated = login.Authenticated;
        Parameters = login.Parameters;
        Pool = pool;
        Time = time;
        StartedAt = time.GetUtcNow();
        Window = new CommandWindow(options.CommandWindow, firstCmdSn);
        Tasks = new TaskTable(this, options.CommandWindow, options.MaxImmediateCommands);
        if (Definition is not null)
            Nexus = new Nexus(
                id, InitiatorName, $"{InitiatorName},i,0x{Isid:x12}", Definition.PortalGroupTag, (InitiatorName, login.Address, Authenticated));
    }

    public long Id { get; }

    public string InitiatorName { get; }

    public string? InitiatorAlias { get; }

    public ulong Isid { get; }

    public ushort Tsih { get; }

    /// <summary>Null in a discovery session.</summary>
    public ServedTarget? Target { get; }

    /// <summary>The target's definition when the session began: its SCSI side stays the same for the life of the session.</summary>
    public IscsiTargetDefinition? Definition { get; }

    /// <summary>Null in a discovery session.</summary>
    public Nexus? Nexus { get; }

    public ChapAccount? Authenticated { get; }

    public NegotiatedParameters Parameters { get; }

    public DateTimeOffset StartedAt { get; }

    public TimeProvider Time { get; }

    /// <summary>Its PDUs are being captured; null nearly always.</summary>
    public SessionCapture? Capture
    {
        get => _capture;
        set => _capture = value;
    }

    /// <summary>Commands that ended without an answer.</summary>
    public long Aborted => Interlocked.Read(ref _aborted);

    public BlockBufferPool Pool { get; }

    public CommandWindow Window { get; }

    public TaskTable Tasks { get; }

    public Lock Gate { get; } = new();

    /// <summary>Its opening was announced; its end will be.</summary>
    public bool Visible { get; set; }

    /// <summary>Completes when nothing of the session is left.</summary>
    public Task Ended => _ended.Task;

    /// <summary>False when the session is closing or has as many connections as were negotiated.</summary>
    public bool TryAdd(IscsiConnection connection, ushort cid)
    {
        lock (Gate)
        {
            if (_closing || _connections.Count >= Math.Max(1, Parameters.MaxConnections) || _connections.Exists(c => c.Cid == cid))
                return false;
            _connections.Add(connection);
            return true;
        }
    }

    /// <summary>The first connection has entered full-feature phase.</summary>
    public void Established(IscsiConnection connection)
    {
        lock (Gate)
        {
            if (_established)
                return;
            _established = true;
        }
        _host.SessionOpened(this);
    }

    /// <summary>Ends the session from any thread; <see cref="Ended"/> tells when that is done.</summary>
    public void Close()
    {
        foreach (var connection in Connections())
            connection.Abort();
    }

    public IscsiConnection[] Connections()
    {
        lock (Gate)
            return [.. _connections];
    }

    /// <summary>A connection's thread has left. The last one takes the session along; so does any that broke (ErrorRecoveryLevel 0).</summary>
    public void ConnectionEnded(IscsiConnection connection)
    {
        bool last;
        lock (Gate)
        {
            _connections.Remove(connection);
            last = _connections.Count == 0;
            if (last)
                (_closing, _lastConnection) = (true, connection.Snapshot());
        }
        try
        {
            if (last)
                AbortTasks(_ => true);
            else if (connection.LoggedOut)
                AbortTasks(task => task.Connection == connection);
            else
                Close();
        }
        finally
        {
            if (last)
                ExecutionEnded();
        }
    }

    public void ExecutionStarted()
    {
        Interlocked.Increment(ref _executing);
        Interlocked.Increment(ref _commands);
    }

    public void ExecutionEnded()
    {
        if (Interlocked.Decrement(ref _executing) != 0)
            return;
        try
        {
            _host.SessionEnded(this);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    public void CountAborted() => Interlocked.Increment(ref _aborted);

    public void CountRead(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    public void CountWritten(long bytes) => Interlocked.Add(ref _bytesWritten, bytes);

    /// <summary>Work that takes other sessions' gates and therefore runs after our own, which the caller holds, is released.</summary>
    public void Defer(Action action) => _deferred = (_deferred ?? []).Enqueue(action);

    /// <summary>Without the gate.</summary>
    public void RunDeferred()
    {
        if (_deferred is null)
            return;
        ImmutableQueue<Action> actions;
        lock (Gate)
            (actions, _deferred) = (_deferred ?? [], null);
        foreach (var action in actions)
            action();
    }

    /// <summary>A connection has come to rest: what is made anew when it is needed goes.</summary>
    public void ForgetUnused()
    {
        lock (Gate)
            Tasks.ForgetUnused();
    }

    private IReadOnlyList<ConnectionSnapshot> ConnectionSnapshots()
    {
        lock (Gate)
            return _lastConnection is { } ended ? [ended] : [.. _connections.Select(c => c.Snapshot())];
    }

    public SessionSnapshot Snapshot() => new(
        Id,
        Target?.Name,
        InitiatorName,
        InitiatorAlias,
        Isid.ToString("x12", System.Globalization.CultureInfo.InvariantCulture),
        Tsih,
        StartedAt,
        Authenticated?.User,
        ConnectionSnapshots(),
        Parameters.ToDictionary(),
        Interlocked.Read(ref _commands),
        Interlocked.Read(ref _bytesRead),
        Interlocked.Read(ref _bytesWritten));
}
