using Futago.Console.Client.Events;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Management.Access;
using Futago.Management.Events;
using Futago.Management.Node;
using Futago.Management.Targets;
using Microsoft.Extensions.Logging;

namespace Futago.Management.Engine;

/// <summary>
/// Brings the committed configuration to the engine: one push at a time, always the newest state, so that any number of waiting
/// changes needs one push. The engine being away is not an error here; <see cref="ReconcileAsync"/> catches up.
/// </summary>
public sealed partial class ConfigurationPublisher(
    IConfigurationStore store,
    EngineClient engine,
    ILiveStatus live,
    ISecretProtector protector,
    AuditLog audit,
    TimeProvider time,
    ILogger<ConfigurationPublisher> logger) : IDisposable
{
    private const long Unknown = -1;

    private static readonly TimeSpan PushTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly HashSet<string> _reported = [];

    // Not 0: an engine without a configuration reports that, and it is behind nevertheless.
    private long _applied = Unknown;

    /// <summary>
    /// Returns when the engine has applied <paramref name="revision"/> or a later one, or when it could not: then false, and the
    /// push is repeated as soon as the engine is back.
    /// </summary>
    public async Task<bool> PublishAsync(long revision, CancellationToken cancellation = default)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return Volatile.Read(ref _applied) >= revision || await PushAsync(cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Pushes when the engine has another revision than the database; true when they agree afterwards.</summary>
    public async Task<bool> ReconcileAsync(CancellationToken cancellation = default)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var wanted = await store.ReadAsync(cancellation);
            var status = await engine.GetNodeAsync(cancellation);
            if (status.ConfigurationRevision == wanted.Revision)
            {
                _applied = wanted.Revision;
                return true;
            }
            // What was applied before counts no longer: the engine may have lost its state.
            _applied = Unknown;
            return await PushAsync(cancellation);
        }
        catch (ProblemException e) when (e.Problem.Code is ProblemCodes.EngineUnreachable)
        {
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>True when the engine that <see cref="ILiveStatus"/> shows has another revision than the last one applied.</summary>
    public bool IsBehind => live is { Connected: true, Node: { } node } && node.ConfigurationRevision != Volatile.Read(ref _applied);

    public void Dispose() => _gate.Dispose();

    private async Task<bool> PushAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(PushTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            try
            {
                await PushOnceAsync(both.Token);
            }
            catch (ProblemException e) when (e.Problem.Code == ProblemCodes.ConfigurationStale)
            {
                await RaiseRevisionAsync(both.Token);
                await PushOnceAsync(both.Token);
            }
            return true;
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            LogPostponed(logger, e.Message);
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            LogPostponed(logger, $"no answer within {PushTimeout.TotalSeconds} s");
            return false;
        }
        catch (ProblemException e)
        {
            LogRefused(logger, e.Problem.Code, e.Message);
            await ReportOnceAsync(e.Problem.Code + e.Message, EventSeverity.Error, ConsoleEventCodes.ConfigurationRefused, null,
                $"The engine refused the configuration: {e.Message}", ("code", e.Problem.Code), ("detail", e.Message));
            return false;
        }
    }

    private async Task PushOnceAsync(CancellationToken cancellation)
    {
        // Read inside the gate: whatever was committed while this push waited goes out with it.
        var configuration = await store.ReadAsync(cancellation);
        List<Target> unreadable = [];
        var document = ConfigurationDocument.Build(configuration, protector, unreadable.Add);
        foreach (var target in unreadable)
        {
            await ReportOnceAsync("secret" + target.Id, EventSeverity.Error, ConsoleEventCodes.SecretUnreadable, target.Name,
                $"The CHAP secret of target {target.Name} cannot be decrypted, so the target stays stopped. Set the secret again.", ("target", target.Name));
        }
        var result = await engine.ApplyConfigurationAsync(document, cancellation);
        Volatile.Write(ref _applied, configuration.Revision);
        LogPushed(logger, configuration.Revision, result.Problems.Count);
        _reported.RemoveWhere(r => !unreadable.Exists(t => r == "secret" + t.Id));
    }

    // A database that was restored from a backup is older than what the engine has. The database is what people see and edit,
    // so it wins, openly: with a revision above the engine's and an entry in the log.
    private async Task RaiseRevisionAsync(CancellationToken cancellation)
    {
        var revision = (await engine.GetNodeAsync(cancellation)).ConfigurationRevision;
        await store.RaiseRevisionAsync(revision, audit.Observation(EventSeverity.Warning, ConsoleEventCodes.RevisionRaised, null,
            $"The engine had a newer configuration (revision {revision}) than the database, as after restoring a backup. The database's configuration was put in force.",
            ("revision", $"{revision}")), cancellation);
        LogRaised(logger, revision);
    }

    // A push that fails is repeated every few seconds; its event is written once until a push succeeds.
    private async Task ReportOnceAsync(string key, EventSeverity severity, string code, string? @object, string text, params (string Name, string Value)[] args)
    {
        if (_reported.Add(key))
            await audit.ObserveAsync(severity, code, @object, text, args);
    }

    [LoggerMessage(1001, LogLevel.Information, "Configuration revision {Revision} is in force; {Problems} objects have problems")]
    private static partial void LogPushed(ILogger logger, long revision, int problems);

    [LoggerMessage(1002, LogLevel.Warning, "The configuration will be pushed later: {Reason}")]
    private static partial void LogPostponed(ILogger logger, string reason);

    [LoggerMessage(1003, LogLevel.Error, "The engine refused the configuration: {Code} {Detail}")]
    private static partial void LogRefused(ILogger logger, string code, string detail);

    [LoggerMessage(1004, LogLevel.Warning, "The engine had revision {Revision}, newer than the database; the database's configuration replaces it")]
    private static partial void LogRaised(ILogger logger, long revision);
}
