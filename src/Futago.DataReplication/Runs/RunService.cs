using System.Collections.Concurrent;
using Futago.DataReplication.Linux;
using Futago.DataReplication.Settling;
using Futago.Volumes.Metadata;
using Futago.Volumes.Snapshots;
using Microsoft.Extensions.Logging;

namespace Futago.DataReplication.Runs;

/// <summary>
/// The runs of a node. Each is written down when it begins and when it ends, and its result is kept until somebody has taken it: an
/// engine that is killed knows afterwards which runs it did not finish.
/// </summary>
public sealed partial class RunService(RunOptions options, ISnapshots snapshots, UnsettledCopies copies, TimeProvider time, ILogger<RunService> logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Running and ended ones together.</summary>
    private const int RunsMax = 500;

    private readonly ConcurrentDictionary<Guid, Entry> _runs = new();
    private readonly Lock _gate = new();

    /// <summary>A run has ended; handlers must be quick.</summary>
    public event Action<RunStatus>? Ended;

    /// <summary>
    /// Ends what a killed engine left running. To be called before the volumes are mounted: as long as an rsync of the one before has
    /// files open there, its mounts cannot go.
    /// </summary>
    public void EndLeftovers()
    {
        var leftovers = LeftoverProcesses.End(options.StateDirectory);
        if (leftovers > 0)
            LogLeftovers(logger, leftovers);
    }

    /// <summary>Reads what earlier engines left. Their snapshots, being temporary, are swept by the volumes themselves.</summary>
    public void Start()
    {
        EndLeftovers();
        if (Directory.Exists(options.RuntimeDirectory))
            Directory.Delete(options.RuntimeDirectory, recursive: true);
        Directory.CreateDirectory(options.StateDirectory, OwnerOnly | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(options.StateDirectory, "*.json"))
        {
            var state = SealedDocument.Read<RunDocument>(file, RunDocument.CurrentVersion, ReplicationJson.Options, out var document);
            if (state != SealedDocumentState.Good)
            {
                LogDamaged(logger, file);
                File.Move(file, file + ".damaged", overwrite: true);
                continue;
            }
            if (document!.Result is null)
                Save(document = document with { Result = Interrupted() });
            _runs[document.RunId] = new Entry(document, null, null);
        }
    }

    public IReadOnlyList<RunStatus> List() => [.. _runs.Values.OrderBy(r => r.Document.StartedAt).Select(r => r.ToStatus())];

    public RunStatus? Find(Guid runId) => _runs.TryGetValue(runId, out var entry) ? entry.ToStatus() : null;

    /// <summary>Begins a run; it is written down before this returns.</summary>
    public RunRefusal Begin(RunRequest request)
    {
        lock (_gate)
        {
            if (_runs.ContainsKey(request.RunId) || _runs.Values.Any(r => r.Document.TaskId == request.TaskId && r.Document.Result is null))
                return RunRefusal.Running;
            if (_runs.Count >= RunsMax)
                return RunRefusal.TooMany;
            var document = new RunDocument(RunDocument.CurrentVersion, request.RunId, request.TaskId, request.TaskName, time.GetUtcNow(), null);
            Save(document);
            var run = new ReplicationRun(request, snapshots, copies, options, time);
            var entry = new Entry(document, run, new CancellationTokenSource());
            _runs[request.RunId] = entry;
            entry.Work = Task.Run(() => RunAsync(entry));
            return RunRefusal.None;
        }
    }

    /// <summary>Ends a run: it stops within seconds, and its result says that it was stopped.</summary>
    /// <returns>False when there is no such run, or it has ended.</returns>
    public bool Stop(Guid runId)
    {
        if (!_runs.TryGetValue(runId, out var entry) || entry.Document.Result is not null || entry.Stop is null)
            return false;
        entry.Stop.Cancel();
        return true;
    }

    /// <summary>Drops the result of a run that has ended, because it has been stored elsewhere.</summary>
    public void Forget(Guid runId)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(runId, out var entry) || entry.Document.Result is null)
                return;
            File.Delete(PathOf(runId));
            _runs.TryRemove(runId, out _);
        }
    }

    /// <summary>Ends all runs, in order, with their snapshots released; their results are kept.</summary>
    public async Task StopAsync()
    {
        var running = _runs.Values.Where(r => r.Work is not null).ToList();
        foreach (var entry in running)
            await entry.Stop!.CancelAsync();
        await Task.WhenAll(running.Select(r => r.Work!));
    }

    private async Task RunAsync(Entry entry)
    {
        var result = await entry.Run!.ExecuteAsync(entry.Stop!.Token);
        LogEnded(logger, entry.Document.TaskName, result.Outcome, result.Detail);
        lock (_gate)
        {
            entry.Document = entry.Document with { Result = result };
            try
            {
                Save(entry.Document);
            }
            catch (IOException e)
            {
                // The result is still in memory; only an engine that ends before it is taken loses it, and then calls the run interrupted.
                LogNotSaved(logger, entry.Document.RunId, e.Message);
            }
        }
        Ended?.Invoke(entry.ToStatus());
    }

    private RunResult Interrupted() => new(
        RunOutcome.Interrupted, RunReason.EngineEnded, "The engine ended during the run, so how far it came is not known. The next run copies the rest.",
        time.GetUtcNow(), null, 1, null, null, null, null, [], "");

    private void Save(RunDocument document) => SealedDocument.Write(PathOf(document.RunId), document, ReplicationJson.Options, OwnerOnly);

    private string PathOf(Guid runId) => Path.Combine(options.StateDirectory, $"{runId:n}.json");

    private sealed class Entry(RunDocument document, ReplicationRun? run, CancellationTokenSource? stop)
    {
        private RunDocument _document = document;

        public RunDocument Document
        {
            get => Volatile.Read(ref _document);
            set => Volatile.Write(ref _document, value);
        }

        public ReplicationRun? Run => run;

        public CancellationTokenSource? Stop => stop;

        public Task? Work { get; set; }

        public RunStatus ToStatus()
        {
            var now = Document;
            var progress = run?.Progress ?? RunProgress.Start;
            return new RunStatus(now.RunId, now.TaskId, now.TaskName, now.StartedAt, now.Result is null ? progress : progress with { Phase = RunPhase.Ended }, now.Result);
        }
    }

    [LoggerMessage(4101, LogLevel.Warning, "What an engine that was killed had left was ended; processes: {Count}")]
    private static partial void LogLeftovers(ILogger logger, int count);

    [LoggerMessage(4102, LogLevel.Error, "The stored run {File} cannot be used and was set aside")]
    private static partial void LogDamaged(ILogger logger, string file);

    [LoggerMessage(4103, LogLevel.Information, "The run of {Task} ended: {Outcome}. {Detail}")]
    private static partial void LogEnded(ILogger logger, string task, RunOutcome outcome, string detail);

    [LoggerMessage(4104, LogLevel.Error, "The result of the run {Run} could not be stored: {Reason}")]
    private static partial void LogNotSaved(ILogger logger, Guid run, string reason);
}
