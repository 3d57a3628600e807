using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;
using Futago.Failover;
using Futago.Iscsi;

namespace Futago.Engine.Failover;

/// <summary>
/// The failover of this node: what the configuration has, hosted. A change while the failover manager runs makes the decision start anew
/// from its record, passive, as after a restart of the engine; what moves (volumes, targets, virtual IPs) cannot be changed then.
/// <para>
/// Called under the targets' gate for every configuration, so nothing here waits for that: changes are carried out by a task of its own.
/// </para>
/// </summary>
internal sealed partial class FailoverService : IAsyncDisposable
{
    private static readonly TimeSpan ClearLimit = TimeSpan.FromSeconds(10);

    private readonly FailoverParts _parts;
    private readonly ILogger _logger;
    private readonly FailoverGate _gate = new();
    private readonly SwitchHistory _history;
    private readonly Lock _lock = new();
    private EngineConfiguration? _configuration;
    private volatile FailoverNode? _node;
    private volatile bool _damaged;
    private Task _changing = Task.CompletedTask;
    private bool _started;
    private bool _stopped;

    public FailoverService(FailoverParts parts)
    {
        _parts = parts;
        _logger = parts.Loggers.CreateLogger<FailoverService>();
        Directory.CreateDirectory(parts.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _history = new SwitchHistory(Path.Combine(parts.Directory, "history.json"), parts.Time, _logger);
    }

    private FailoverConfiguration? Configured => _configuration?.Failover;

    /// <summary>The gate of a target that moves; null for all others.</summary>
    public ITargetGate? GateOf(Guid targetId) => Configured?.Targets.Contains(targetId) == true ? _gate : null;

    /// <summary>Before a configuration is stored: what must not change while the failover manager runs.</summary>
    /// <exception cref="ProblemException">Refused as a whole.</exception>
    public void Prepare(EngineConfiguration before, EngineConfiguration after)
    {
        if (before.Failover is not { } was || _damaged || _node is not { View: { Running: var running, State: var state } } || (!running && state == NodeState.Off))
            return;
        if (after.Failover is not { } now || now.Id != was.Id)
            throw Refused("The failover cannot be removed while its manager runs. Stop it first.");
        if (!Same(was.Replications, now.Replications) || !Same(was.Targets, now.Targets) || !Same(was.VirtualIps, now.VirtualIps) || was.IsPrimary != now.IsPrimary)
            throw Refused("Volume replications, targets, virtual IPs and roles of the failover cannot be changed while its manager runs. Stop it first.");
        if (before.Peer?.NodeId != after.Peer?.NodeId)
            throw Refused("The peer cannot be changed while the failover manager runs. Stop it first.");

        static ProblemException Refused(string detail) => ProblemException.Conflict(ProblemCodes.FailoverInvalid, detail, "failover");
    }

    /// <summary>Takes over a configuration. Before this returns, targets and volumes that move are in hand.</summary>
    public void Apply(EngineConfiguration configuration)
    {
        lock (_lock)
        {
            if (_stopped)
                return;
            var before = _configuration;
            _configuration = configuration;
            if (before is not null && Key(before) == Key(configuration))
                return;
            if (before?.Failover is null && configuration.Failover is { } added)
                TakeInHand(added);
            if (_started)
                _changing = _changing.ContinueWith(_ => ChangeAsync(before, configuration), TaskScheduler.Default).Unwrap();
        }
    }

    /// <summary>Begins; volumes, targets and link have been started.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _started = true;
            _changing = ChangeAsync(null, _configuration!);
        }
    }

    /// <summary>Ends; what this node serves is taken away first, the volumes are left to their service.</summary>
    public async Task StopAsync()
    {
        lock (_lock)
        {
            if (_stopped)
                return;
            _stopped = true;
        }
        await _changing;
        if (_node is { } node)
            await node.DisposeAsync();
        _node = null;
        await _history.SavedAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static bool Same<T>(IReadOnlyList<T> a, IReadOnlyList<T> b) => a.SequenceEqual(b);

    private static string Key(EngineConfiguration c) =>
        c.Failover is null ? "" : JsonSerializer.Serialize(new { c.Failover, Peer = c.Peer?.NodeId, c.Portals }, EngineJson.Options);

    private string RecordFile(Guid id) => Path.Combine(_parts.Directory, $"{id:N}.json");

    /// <summary>Until the decision has spoken: closed and passive, unless the record says that the failover manager is stopped.</summary>
    private void TakeInHand(FailoverConfiguration failover)
    {
        var record = Load(failover.Id);
        _damaged = record is null;
        if (record is { Mode.Running: false })
        {
            _gate.OpenAlways();
            _parts.Roles.Set([]);
            return;
        }
        _gate.OpenUntil(0);
        _parts.Roles.Set(failover.Replications);
    }

    /// <returns>Null: it cannot be used.</returns>
    private FailoverRecord? Load(Guid id)
    {
        var file = RecordFile(id);
        try
        {
            return FailoverRecordStore.Load(file) ?? FailoverRecord.New;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogDamaged(_logger, file, e.Message);
            _parts.Journal.Append(
                EventSeverity.Error, EventCodes.FailoverRecordDamaged, null,
                $"The failover record {file} cannot be used: {e.Message} This node serves nothing before an operator has decided.", ("file", file));
            return null;
        }
    }

    private async Task ChangeAsync(EngineConfiguration? before, EngineConfiguration now)
    {
        try
        {
            if (_node is { } node)
            {
                _node = null;
                await EndAsync(node, before!, forget: now.Failover?.Id != before!.Failover!.Id);
            }
            else if (before?.Failover is { } damaged && damaged.Id != now.Failover?.Id)
            {
                File.Delete(RecordFile(damaged.Id));
            }
            if (now.Failover is not { } failover)
            {
                _parts.Roles.Set([]);
                _parts.Nics.SetVirtual([]);
                _damaged = false;
                return;
            }
            TakeInHand(failover);
            _parts.Nics.SetVirtual([.. failover.VirtualIps.Select(v => v.Address)]);
            if (!_damaged)
                Begin(now, Load(failover.Id) ?? FailoverRecord.New);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotChanged(_logger, e);
        }
    }

    private void Begin(EngineConfiguration engine, FailoverRecord record)
    {
        var node = new FailoverNode(_parts, _gate, _history, engine, record, RecordFile(engine.Failover!.Id));
        _node = node;
        node.Start();
    }

    /// <summary>As when the engine ends, but with the volumes given back before anything else begins.</summary>
    private async Task EndAsync(FailoverNode node, EngineConfiguration engine, bool forget)
    {
        var wasOff = node.View.State == NodeState.Off;
        await node.DisposeAsync();
        var failover = engine.Failover!;
        var order = FailoverSettings.ToOrder(engine, FailoverSettings.ToOptions(failover, Guid.Empty, 1));
        using var limit = new CancellationTokenSource(ClearLimit);
        if (forget)
        {
            await _parts.Guard.OrderAsync(GuardOrderKind.Forget, order, limit.Token);
            File.Delete(RecordFile(failover.Id));
        }
        if (wasOff)
            return;
        foreach (var id in failover.Replications)
        {
            if (_parts.Replications.TryGet(id) is { } volume)
                await volume.GiveRoleAsync(limit.Token);
        }
    }

    [LoggerMessage(2540, LogLevel.Critical, "The failover record {File} cannot be used: {Reason}")]
    private static partial void LogDamaged(ILogger logger, string file, string reason);

    [LoggerMessage(2541, LogLevel.Critical, "The failover could not be changed; it serves nothing")]
    private static partial void LogNotChanged(ILogger logger, Exception exception);
}
