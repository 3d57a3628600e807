using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Events;
using Futago.Engine.Reservations;
using Futago.Engine.State;
using Futago.Iscsi;
using Futago.Scsi.Copy;
using Futago.Volumes;

namespace Futago.Engine.Targets;

/// <summary>
/// Makes what initiators see equal to the configuration, as far as volumes and portals allow, and keeps trying for the rest.
/// One thing at a time behind a gate; the data plane itself runs in the iSCSI engine's own threads and never comes here.
/// <para>
/// Lock order: the catalogue may call in here while it holds its own gate, so nothing here ever waits for the catalogue.
/// </para>
/// </summary>
internal sealed partial class TargetService : IVolumeUsers, IAsyncDisposable
{
    /// <summary>How often what could not be served is tried again; a volume that appears triggers it at once.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(3);

    private const ushort PortalGroupTag = 1;

    private readonly IscsiServer _server;
    private readonly ConfigurationStore _store;
    private readonly EventJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly CopyManager _copies;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Guid, OpenVolume> _open = new();
    private readonly List<OpenVolume> _retired = [];
    private readonly Dictionary<Guid, VolumeReservations> _reservations = [];
    private readonly Dictionary<string, ServedTarget> _served = new(StringComparer.Ordinal);
    private volatile EngineConfiguration _configuration = ConfigurationStore.Empty;
    private volatile IReadOnlyList<PortalStatus> _portals = [];
    private volatile IReadOnlyList<LunProblem> _lunProblems = [];
    private volatile ImmutableDictionary<string, Problem> _targetProblems = ImmutableDictionary<string, Problem>.Empty;
    private VolumeCatalogue? _catalogue;
    private Task _retry = Task.CompletedTask;
    private bool _stopped;

    public TargetService(IscsiServer server, ConfigurationStore store, EventJournal journal, TimeProvider time, ILoggerFactory loggers)
    {
        _server = server;
        _store = store;
        _journal = journal;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<TargetService>();
        _copies = new CopyManager(time);
        Refused = new RefusedLogins(time);
        _server.LoginRefused += OnLoginRefused;
        _server.SessionOpened += OnSessionOpened;
        _server.SessionClosed += OnSessionClosed;
    }

    /// <summary>Raised before a configuration is stored: the one in force and the new one. Whoever throws a <see cref="ProblemException"/> refuses it.</summary>
    public event Action<EngineConfiguration, EngineConfiguration>? Accepting;

    /// <summary>Raised, one at a time, with the configuration that is in force now: the stored one at the start, then every new one.</summary>
    public event Action<EngineConfiguration>? InForce;

    public RefusedLogins Refused { get; }

    public EngineConfiguration Configuration => _configuration;

    public IReadOnlyList<PortalStatus> Portals => _portals;

    /// <summary>Serves the stored configuration, without console or database.</summary>
    public async Task StartAsync(VolumeCatalogue catalogue)
    {
        _catalogue = catalogue;
        catalogue.AvailabilityChanged += Wake;
        var stored = _store.Load(out var setAside);
        if (setAside is not null)
            _journal.Append(
                EventSeverity.Error, EventCodes.EngineConfigurationDamaged, null,
                $"The stored configuration cannot be used and was set aside as {setAside}. No target is served until the console sends the configuration again.",
                ("file", setAside));
        try
        {
            _configuration = stored.Revision == 0 ? stored : ConfigurationValidator.Check(stored);
        }
        catch (ProblemException e)
        {
            // Its checksum was right, so an earlier version accepted it. Serving half of it would be a guess.
            _journal.Append(
                EventSeverity.Error, EventCodes.EngineConfigurationDamaged, null, $"The stored configuration is not valid: {e.Message} No target is served.", ("file", ""));
        }
        InForce?.Invoke(_configuration);
        await ReconcileAsync();
        _retry = Task.Run(RetryAsync);
    }

    /// <summary>Validates, keeps and applies a configuration.</summary>
    /// <exception cref="ProblemException">Refused as a whole; nothing has changed.</exception>
    public async Task<ApplyResult> ApplyAsync(EngineConfiguration configuration)
    {
        var accepted = ConfigurationValidator.Check(configuration);
        await _gate.WaitAsync();
        try
        {
            var before = _configuration;
            if (accepted.Revision < before.Revision)
                throw ProblemException.Conflict(
                    ProblemCodes.ConfigurationStale,
                    $"The configuration with revision {accepted.Revision} is older than revision {before.Revision} in force.", "revision",
                    ("revision", $"{accepted.Revision}"), ("current", $"{before.Revision}"));
            Accepting?.Invoke(before, accepted);
            try
            {
                _store.Save(accepted);
            }
            catch (IOException e)
            {
                throw new ProblemException(new Problem(ProblemCodes.Internal, $"The configuration could not be stored: {e.Message}"), 503);
            }
            _configuration = accepted;
            if (accepted.Revision != before.Revision)
                _journal.Append(
                    EventSeverity.Info, EventCodes.ConfigurationApplied, null, $"Configuration revision {accepted.Revision} was applied.", ("revision", $"{accepted.Revision}"));
            InForce?.Invoke(accepted);
            await ReconcileLockedAsync();
            return new ApplyResult(accepted.Revision, CurrentProblems());
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Does something that depends on the configuration while no other one can come into force.</summary>
    public async Task WhileInForceAsync(Action<EngineConfiguration> action)
    {
        await _gate.WaitAsync();
        try
        {
            action(_configuration);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <exception cref="ProblemException">There is no such session.</exception>
    public void CloseSession(long id)
    {
        if (!_server.CloseSession(id))
            throw ProblemException.NotFound(ProblemCodes.SessionNotFound, $"There is no session {id}; it may have ended.", ("session", $"{id}"));
    }

    /// <summary>Stops serving: no new logins, commands under way end, sessions close, volumes are flushed and closed.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _retry;
        await _gate.WaitAsync();
        try
        {
            if (_stopped)
                return;
            _stopped = true;
            await _server.DisposeAsync();
            foreach (var target in _served.Values)
                await SetUnitsAsync(target, [], []);
            _served.Clear();
            foreach (var volume in _open.Keys)
                await CloseAsync(volume);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _gate.Dispose();
        _wake.Dispose();
        _stopping.Dispose();
    }

    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is going to look anyway.
        }
    }

    private async Task RetryAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(RetryInterval, _stopping.Token);
                await ReconcileAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                // Serving the rest goes on; the next round tries again.
                LogReconcileFailed(_logger, e);
            }
        }
    }

    private void OnLoginRefused(LoginRefusal refusal)
    {
        // The iSCSI engine does not know targets that are not started; here the difference can be told.
        var stopped = refusal.Reason == LoginRefusalReason.UnknownTarget
            && _configuration.Targets.Any(t => !t.Started && string.Equals(t.Name, refusal.TargetName, StringComparison.OrdinalIgnoreCase));
        var reason = stopped ? RefusalReason.TargetStopped : (RefusalReason)(int)refusal.Reason;
        var address = AddressText(refusal.Address);
        if (!Refused.Add(address, refusal.InitiatorName, refusal.TargetName, reason))
            return;
        _journal.Append(
            EventSeverity.Warning, EventCodes.LoginRefused, refusal.TargetName,
            $"A login of {refusal.InitiatorName} from {address} to {refusal.TargetName ?? "the discovery"} was refused: {InWords(reason)}.",
            ("target", refusal.TargetName ?? ""), ("initiator", refusal.InitiatorName), ("address", address), ("reason", reason.ToString()));
    }

    private static string InWords(RefusalReason reason) => reason switch
    {
        RefusalReason.UnknownTarget => "there is no target of that name",
        RefusalReason.TargetStopped => "the target is stopped",
        RefusalReason.NoAccessRule => "no access rule lets it in",
        RefusalReason.ChapRequired => "it did not offer CHAP, which the target requires",
        RefusalReason.WrongChap => "the CHAP user or secret is wrong",
        RefusalReason.NotSupported => "it asked for something that is not supported",
        _ => "there are too many sessions",
    };

    private void OnSessionOpened(SessionSnapshot session) => ReportSession(session, EventCodes.SessionOpened, "opened");

    private void OnSessionClosed(SessionSnapshot session) => ReportSession(session, EventCodes.SessionClosed, "closed");

    private void ReportSession(SessionSnapshot session, string code, string what)
    {
        // Discovery sessions come and go with every listing; they are not news.
        if (session.TargetName is not { } target)
            return;
        var address = session.Connections[0].RemoteAddress;
        _journal.Append(
            EventSeverity.Info, code, target, $"The session of {session.InitiatorName} from {address} with {target} was {what}.",
            ("target", target), ("initiator", session.InitiatorName), ("address", address));
    }

    private static string AddressText(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    [LoggerMessage(2001, LogLevel.Error, "Serving the configuration failed")]
    private static partial void LogReconcileFailed(ILogger logger, Exception exception);
}
