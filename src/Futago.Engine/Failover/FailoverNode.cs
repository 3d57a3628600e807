using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Network;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>
/// This node's half of one failover: the decision (<see cref="FailoverCore"/>) and everything around it that has to do with the world.
/// One thread feeds the decision and starts what it wants; steps are carried out one after the other by a task of their own.
/// <para>
/// Partials: <c>.Effects</c> (what the decision wants), <c>.Mirror</c> (what the volumes say), <c>.View</c> (for people).
/// </para>
/// </summary>
internal sealed partial class FailoverNode : IAsyncDisposable
{
    /// <summary>Half of the longest pause between two ticks that the decision wants.</summary>
    private const int TickMs = 50;

    /// <summary>Heartbeats beyond this wait for nobody: the next one says more.</summary>
    private const int WaitingMaximum = 1024;

    private readonly FailoverParts _parts;
    private readonly FailoverConfiguration _configuration;
    private readonly ILogger _logger;
    private readonly FailoverOptions _options;
    private readonly FailoverCore _core;
    private readonly FailoverGate _gate;
    private readonly FailoverSteps _steps;
    private readonly InitiatorConnections _initiators;
    private readonly SwitchHistory _history;
    private readonly string _recordFile;
    private readonly GuardOrder _order;
    private readonly IReadOnlyList<IPEndPoint> _portals;
    private readonly IReadOnlyList<HeartbeatPath> _paths;
    private readonly IPAddress[] _pingNodes;
    private readonly Pinger _pinger;
    private readonly WitnessClient? _witness;
    private readonly BlockingCollection<(FailoverEvent Event, MirrorSnapshot? Mirror)> _events = [];
    private readonly Channel<(RunStep? Step, MirrorSnapshot Mirror)> _wanted = Channel.CreateUnbounded<(RunStep?, MirrorSnapshot)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<long, TaskCompletionSource<FailoverResult>> _commands = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private MirrorSnapshot _mirror = MirrorSnapshot.Of([]);
    private Task _stepping = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private long _lastCommand;
    private bool _wasOff;

    /// <param name="engine">The whole configuration; it has a failover and a peer.</param>
    public FailoverNode(FailoverParts parts, FailoverGate gate, SwitchHistory history, EngineConfiguration engine, FailoverRecord record, string recordFile)
    {
        _parts = parts;
        _gate = gate;
        _history = history;
        _configuration = engine.Failover!;
        _recordFile = recordFile;
        _logger = parts.Loggers.CreateLogger<FailoverNode>();
        var nodeId = parts.Link.Identity.NodeId;
        _options = FailoverSettings.ToOptions(_configuration, nodeId, NewBootId());
        _core = new FailoverCore(_options, record, BootClock.Instance.NowMs);
        _portals = FailoverSettings.Portals(engine);
        _order = FailoverSettings.ToOrder(engine, _options);
        _steps = new FailoverSteps(parts, _configuration, _order, _logger);
        _initiators = new InitiatorConnections(parts, _configuration.Replications, _configuration.Targets);
        var key = new PairKey(Convert.FromBase64String(_configuration.Key));
        _paths = [.. _configuration.Paths.Select((p, i) => new HeartbeatPath(i, p, () => new HeartbeatCodec(key, _configuration.Id, nodeId, engine.Peer!.NodeId), OnHeartbeat))];
        _pingNodes = [.. _configuration.PingNodes.Select(IPAddress.Parse)];
        _pinger = new Pinger(OnPingAnswered);
        if (_configuration is { Policy: Contracts.Failover.FailoverPolicy.Witness, Witness: { } witness })
            _witness = new WitnessClient(
                new IPEndPoint(IPAddress.Parse(witness.Address), witness.Port), key, _configuration.Id, nodeId, BootClock.Instance, Convert.FromBase64String(witness.PublicKey));
        _pathRoundTrips = new double?[_paths.Count];
        _pingRoundTrips = new double?[_pingNodes.Length];
        _wasOff = !record.Mode.Running;
        _view = MakeView();
        _thread = new Thread(Run) { IsBackground = true, Name = "failover", Priority = ThreadPriority.AboveNormal };
    }

    public FailoverConfiguration Configuration => _configuration;

    /// <summary>A person's word: the next takeover that they ask for takes what is there.</summary>
    public bool Force
    {
        set => _steps.Force = value;
    }

    public void Start()
    {
        _gate.SetPortals(_portals);
        _parts.Guard.Cleared += OnCleared;
        _stepping = Task.Run(CarryOutAsync);
        _watching = Task.Run(WatchAsync);
        _thread.Start();
    }

    /// <summary>Ends without a word to the peer: it finds this node silent. What it serves is taken away; the volumes are left to whoever closes them.</summary>
    public async ValueTask DisposeAsync()
    {
        _parts.Guard.Cleared -= OnCleared;
        _steps.Addresses.Stop();
        await _stopping.CancelAsync();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
            await Task.Run(_thread.Join);
        // Only now nobody opens it again.
        if (!_wasOff)
        {
            _gate.OpenUntil(0);
            _parts.Guard.Permit(0);
        }
        _wanted.Writer.TryComplete();
        await _stepping;
        await _watching;
        foreach (var path in _paths)
            path.Dispose();
        _pinger.Dispose();
        _witness?.Dispose();
        foreach (var command in _commands.Values)
            command.TrySetResult(FailoverResult.Busy);
        if (!_wasOff)
            _steps.EndSessions();
    }

    /// <summary>Asks for something.</summary>
    /// <param name="make">Gives the command with its id.</param>
    /// <returns>Ends when it is done or refused.</returns>
    public Task<FailoverResult> CommandAsync(Func<long, FailoverCommand> make)
    {
        var id = Interlocked.Increment(ref _lastCommand);
        var done = new TaskCompletionSource<FailoverResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands[id] = done;
        Post(make(id));
        if (_stopping.IsCancellationRequested)
            done.TrySetResult(FailoverResult.Busy);
        return done.Task;
    }

    private static ulong NewBootId()
    {
        Span<byte> random = stackalloc byte[8];
        do
            RandomNumberGenerator.Fill(random);
        while (BitConverter.ToUInt64(random) == 0);
        return BitConverter.ToUInt64(random);
    }

    private void Post(FailoverEvent e, MirrorSnapshot? mirror = null) => _events.Add((e, mirror));

    private void OnHeartbeat(int path, Heartbeat heartbeat)
    {
        if (_events.Count < WaitingMaximum)
            Post(new HeartbeatArrived(path, heartbeat));
    }

    private void OnCleared(string reason)
    {
        // At once, not only when the decision has its turn.
        if (_core.State != NodeState.Off)
            _gate.OpenUntil(0);
        _steps.Addresses.Stop();
        ReportCleared(reason);
        Post(new GuardCleared());
    }

    private void Run()
    {
        try
        {
            var tickMs = BootClock.Instance.NowMs;
            while (!_stopping.IsCancellationRequested)
            {
                var waitMs = (int)Math.Clamp(tickMs - BootClock.Instance.NowMs, 0, TickMs);
                if (_events.TryTake(out var item, waitMs))
                    Step(item.Event, item.Mirror);
                var nowMs = BootClock.Instance.NowMs;
                if (nowMs < tickMs)
                    continue;
                tickMs = nowMs + TickMs;
                Step(Tick.Instance, null);
            }
        }
        catch (Exception e)
        {
            // A decision that is broken must not go on: no service is better than two.
            _gate.OpenUntil(0);
            LogBroken(_logger, e);
            EndEngine();
        }
    }

    private void Step(FailoverEvent e, MirrorSnapshot? mirror)
    {
        if (mirror is not null)
            _mirror = mirror;
        var effects = _core.Step(BootClock.Instance.NowMs, e);
        for (var i = 0; i < effects.Count; i++)
            Perform(effects[i]);
        Publish();
        if (mirror is not null)
            GrantAgain();
    }

    /// <summary>Whether the failover manager runs decides who has the targets and the roles.</summary>
    private void Publish()
    {
        var isOff = _core.State == NodeState.Off;
        if (isOff != _wasOff)
        {
            if (isOff)
            {
                _parts.Roles.Set([]);
                _gate.OpenAlways();
                foreach (var id in _configuration.Replications)
                    _parts.Replications.TryGet(id)?.Wake();
            }
            else
            {
                _gate.OpenUntil(0);
                _parts.Roles.Set(_configuration.Replications);
                _wanted.Writer.TryWrite((null, _mirror));
            }
            _wasOff = isOff;
        }
        _view = MakeView();
    }

    /// <summary>At once, and without anything that could still be answered: the guard clears up.</summary>
    private static void EndEngine() => System.Diagnostics.Process.GetCurrentProcess().Kill();

    [LoggerMessage(2510, LogLevel.Critical, "The failover has stopped because of an error in the program; the engine ends")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
