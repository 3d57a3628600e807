using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Futago.DataReplication.Agent;
using Futago.DataReplication.Client;
using Futago.DataReplication.Linux;
using Futago.DataReplication.Protocol;
using Futago.DataReplication.Rsync;
using Futago.DataReplication.Settling;
using Futago.Volumes;
using Futago.Volumes.Snapshots;

namespace Futago.DataReplication.Runs;

/// <summary>
/// One run: snapshot, mount read-only, look whether it can be the right thing, rsync (again after a lost connection), all of it durable at the
/// destination, snapshot there, and whatever happened the source's snapshot is released.
/// </summary>
internal sealed class ReplicationRun(RunRequest request, ISnapshots snapshots, UnsettledCopies copies, RunOptions options, TimeProvider time)
{
    /// <summary>ENOSPC.</summary>
    private const int NoSpaceLeft = 28;

    private readonly AgentClient _client = new(time);
    private readonly RsyncOutput _output = new();
    private readonly RateMeter _rate = new(time);
    private RunProgress _progress = RunProgress.Start;
    private int? _exitCode;

    /// <summary>Whether the destination makes the copy durable at its end, and rsync need not do it file by file.</summary>
    private bool _settles;

    public RunProgress Progress => Volatile.Read(ref _progress);

    public async Task<RunResult> ExecuteAsync(CancellationToken stop)
    {
        SnapshotStatus? snapshot = null;
        try
        {
            snapshot = await snapshots.CreateSnapshotAsync(
                request.SourceVolume, new SnapshotRequest($"run-{request.RunId:n}"[..28], SnapshotOrigin.DataReplication, request.TaskId.ToString(), Temporary: true));
            await using var mount = await snapshots.MountSnapshotAsync(snapshot.Id, StoragePhrase.DataReplication(request.TaskName));
            return await CopyAsync(mount.Directory, snapshot, stop);
        }
        catch (StorageException e)
        {
            var reason = e.Kind == RefusalKind.NotFound ? RunReason.SourceUnavailable : RunReason.SnapshotFailed;
            return Result(RunVerdict.Failed(reason, e.Message), null, null, null);
        }
        catch (OperationCanceledException)
        {
            return Result(new RunVerdict(RunOutcome.Stopped, RunReason.Stopped, "The run was stopped."), null, null, null);
        }
        // Whatever it was, the run is over and its result says so.
        catch (Exception e)
        {
            return Result(RunVerdict.Failed(RunReason.Internal, $"The run failed because of a fault ({e.GetType().Name}: {e.Message})."), null, null, null);
        }
        finally
        {
            Volatile.Write(ref _progress, _progress with { Phase = RunPhase.Finishing });
            if (snapshot is not null)
                await ReleaseAsync(snapshot);
        }
    }

    private async Task<RunResult> CopyAsync(string root, SnapshotStatus snapshot, CancellationToken stop)
    {
        // An empty directory where nothing is mounted looks like a source without files, and would empty the destination.
        if (ReadSentinel(root) != request.SourceVolume.ToString())
            return Result(RunVerdict.Failed(RunReason.SourceUnavailable, "What is mounted is not the source volume: its sentinel file is missing or another one's."), null, null, null);
        if (FolderWalk.Find(root, request.SourceFolder) is not { } source)
            return Result(RunVerdict.Failed(RunReason.SourceFolderMissing, $"The folder “{request.SourceFolder}” does not exist in the source, or is a symbolic link."), null, null, null);
        var files = FileSystemUsage.Of(root).UsedInodes;
        var shrunk = IsEmpty(source) || (request.FilesBefore is { } before && files < before * request.ShrinkLimitPercent / 100);

        var verdict = await TryUntilDoneAsync(source, mayDelete: !shrunk, stop);
        if (verdict.Outcome is RunOutcome.Failed or RunOutcome.Stopped)
        {
            var lost = snapshots.SnapshotsOf(request.SourceVolume).FirstOrDefault(s => s.Id == snapshot.Id);
            if (verdict.Outcome == RunOutcome.Failed && (lost is null || lost.Problem is not null))
                verdict = RunVerdict.Failed(RunReason.SnapshotFailed, "The snapshot was dropped during the run, because its volume or group ran out of space. Nothing was deleted at the destination.");
            return Result(verdict, null, null, null);
        }
        if (shrunk && request.Options.Delete && verdict.Outcome == RunOutcome.Ok)
            verdict = new(RunOutcome.Warning, RunReason.SourceShrunk, IsEmpty(source)
                ? "The source is empty, so nothing was deleted at the destination."
                : $"Files and directories at the source: {files}; at the last good run: {request.FilesBefore}. Nothing was deleted at the destination. If the source is right, run the task once without this guard.");
        Volatile.Write(ref _progress, _progress with { Phase = RunPhase.Finishing });
        var (destination, problem) = await KeepAsync(stop);
        if (problem is not null && verdict.Outcome == RunOutcome.Ok)
            verdict = new(RunOutcome.Warning, RunReason.DestinationSnapshotFailed, $"Everything was copied, but no snapshot was taken at the destination: {problem}");
        // A run that was held back by a guard must not become the measure for the next.
        return Result(verdict, snapshot.CreatedAt, shrunk ? request.FilesBefore : files, destination);
    }

    private async Task<RunVerdict> TryUntilDoneAsync(string source, bool mayDelete, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            Volatile.Write(ref _progress, _progress with { Phase = RunPhase.Copying, Attempt = attempt, BytesPerSecond = 0, SecondsLeft = null, Reason = null, Detail = null });
            var verdict = await TryAsync(source, mayDelete, stop);
            if (stop.IsCancellationRequested)
                return new RunVerdict(RunOutcome.Stopped, RunReason.Stopped, "The run was stopped. Parts of files that were received are kept for the next run.");
            if (!verdict.Retry || attempt > options.RetryPauses.Count)
                return verdict;
            _output.Add($"[attempt {attempt}: {verdict.Detail}]", error: false);
            Volatile.Write(ref _progress, _progress with { Phase = RunPhase.Waiting, BytesPerSecond = 0, SecondsLeft = null, Reason = verdict.Reason, Detail = verdict.Detail });
            await Task.Delay(options.RetryPauses[attempt - 1], time, stop);
        }
    }

    private async Task<RunVerdict> TryAsync(string source, bool mayDelete, CancellationToken stop)
    {
        var before = _output.Errors.Count;
        _output.BeginAttempt();
        try
        {
            _exitCode = request.Destination switch
            {
                LocalDestination local => await CopyLocallyAsync(source, local, mayDelete, stop),
                AgentDestination { PlainPort: { } port } remote => await CopyPlainlyAsync(source, remote, port, mayDelete, stop),
                AgentDestination remote => await CopyOverTlsAsync(source, remote, mayDelete, stop),
                _ => throw new InvalidOperationException("Unknown destination."),
            };
            var statistics = RsyncStatistics.Parse(_output.LastPrinted);
            if (statistics is not null)
                ReportEnd(statistics);
            var verdict = RunVerdict.Of(
                _exitCode.Value, [.. _output.Errors.Skip(before), .. _output.LastErrors], request.Options.DeleteLimit is > 0 and var limit && statistics?.FilesDeleted >= limit);
            if (verdict.Outcome is RunOutcome.Ok or RunOutcome.Warning)
                await SettleAsync(stop);
            // An agent without room for the marker of a copy closes the connection before rsync has said anything.
            return verdict.Reason is RunReason.InputOutput or RunReason.Network or RunReason.Configuration && await IsDestinationFullAsync(stop) ? RunVerdict.DestinationFull : verdict;
        }
        catch (AgentException e)
        {
            _output.Add(e.Message, error: true);
            return RunVerdict.Of(e);
        }
        catch (IOException e) when (e.HResult == NoSpaceLeft)
        {
            _output.Add(e.Message, error: true);
            return RunVerdict.DestinationFull;
        }
        catch (StorageException e)
        {
            return RunVerdict.Failed(RunReason.ShareUnavailable, e.Message);
        }
    }

    /// <summary>A destination that runs full often ends before it can say why.</summary>
    private async Task<bool> IsDestinationFullAsync(CancellationToken stop)
    {
        const long NearlyNothing = 64L << 20;
        if (request.Destination is not AgentDestination remote)
            return false;
        try
        {
            var offer = await _client.BrowseAsync(remote.Agent, stop);
            return offer.Shares.FirstOrDefault(s => s.Name == remote.Share) is { Problem: null } share && share.FreeBytes < Math.Min(NearlyNothing, share.SizeBytes / 50);
        }
        catch (AgentException)
        {
            return false;
        }
    }

    private async Task<int> CopyOverTlsAsync(string source, AgentDestination remote, bool mayDelete, CancellationToken stop)
    {
        var (agent, answer) = await _client.OpenAsync(remote.Agent, remote.Share, stop);
        _settles = answer.Settles;
        await using var forwarder = new Forwarder(agent);
        return await RunRsyncAsync(source, Url(remote.Agent.User, "127.0.0.1", forwarder.Port, remote.Share), remote.Agent.Password, null, mayDelete, false, stop);
    }

    private async Task<int> CopyPlainlyAsync(string source, AgentDestination remote, int port, bool mayDelete, CancellationToken stop)
    {
        _settles = (await _client.BrowseAsync(remote.Agent, stop)).Settles;
        return await RunRsyncAsync(source, Url(remote.Agent.User, remote.Agent.Host, port, remote.Share), remote.Agent.Password, null, mayDelete, false, stop);
    }

    /// <summary>Only what the next power cut leaves is a recovery point.</summary>
    private async Task SettleAsync(CancellationToken stop)
    {
        Volatile.Write(ref _progress, _progress with { Phase = RunPhase.Finishing });
        switch (request.Destination)
        {
            case AgentDestination remote when _settles:
                await _client.FinishAsync(remote.Agent, remote.Share, null, 0, stop);
                break;
            case LocalDestination local when snapshots.MountPointOf(local.Volume) is { } root:
                await OnDestinationAsync(() => copies.SettleAsync(root, local.Folder), AgentFailure.NotDurable);
                break;
        }
    }

    private static async Task OnDestinationAsync(Func<Task> action, AgentFailure failure)
    {
        try
        {
            await action();
        }
        catch (Exception e) when ((e is IOException && e.HResult != NoSpaceLeft) || e is UnauthorizedAccessException or Win32Exception)
        {
            throw new AgentException(failure, $"The destination volume cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>The same daemon as an agent would put behind a connection, with its guards, but on a pair of pipes.</summary>
    private async Task<int> CopyLocallyAsync(string source, LocalDestination local, bool mayDelete, CancellationToken stop)
    {
        var root = snapshots.MountPointOf(local.Volume);
        if (root is null || ReadSentinel(root) != local.Volume.ToString())
            throw new AgentException(AgentFailure.ShareUnavailable, "The destination volume is not mounted.");
        if (FolderWalk.Find(root, local.Folder) is null)
            throw new AgentException(AgentFailure.ShareUnavailable, $"The folder “{local.Folder}” does not exist in the destination volume, or is a symbolic link.");
        if (options.RuntimeDirectory.Contains('\'', StringComparison.Ordinal))
            throw new InvalidOperationException("The runtime directory has a quotation mark in its path.");
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _settles = true;
        IAsyncDisposable? begun = null;
        await OnDestinationAsync(async () => begun = await copies.BeginAsync(root, local.Folder), AgentFailure.ShareUnavailable);
        await using var copy = begun!;
        using var modules = RsyncModules.Create(options.RuntimeDirectory, [new AgentShare("local", local.Volume, root, local.Folder, "local", password, [])]);
        return await RunRsyncAsync(
            source, "rsync://local@localhost/local/", password, $"'{RsyncProgram.Path}' --server --daemon '--config={modules.ConfigurationPath}' .", mayDelete, true, stop);
    }

    private Task<int> RunRsyncAsync(string source, string url, string password, string? connectProgram, bool mayDelete, bool wholeFiles, CancellationToken stop)
    {
        var onSignal = HasManySmallFiles(FileSystemUsage.Of(source));
        return RsyncProcess.RunAsync(
            [.. request.Options.ToArguments(mayDelete, wholeFiles, syncsFiles: !_settles, onSignal), "--", source + "/", url],
            onSignal, password, connectProgram, options.StateDirectory, _output, Report, stop);
    }

    /// <summary>
    /// Whether a line of progress for each file would cost more than nothing: rsync takes some ten microseconds for one, which is little beside
    /// reading a megabyte and much beside reading a page. With such lines it also says how far it is inside a large file.
    /// </summary>
    private static bool HasManySmallFiles(FileSystemUsage source)
    {
        const long FilesMin = 2000;
        const long SmallBytes = 1 << 20;
        return source.UsedInodes > FilesMin && (source.SizeBytes - source.FreeBytes) / source.UsedInodes < SmallBytes;
    }

    private void Report(RsyncProgress step)
    {
        var rate = _rate.Add(step.Bytes);
        long? left = step.Percent is > 0 and < 100 && rate > 0 ? (long)(step.Bytes * (100.0 - step.Percent.Value) / step.Percent.Value / rate) : null;
        Volatile.Write(ref _progress, _progress with
        {
            Bytes = step.Bytes,
            Percent = step.Percent,
            BytesPerSecond = rate,
            SecondsLeft = left,
            FilesTransferred = Math.Max(step.FilesTransferred, _progress.FilesTransferred),
            FilesLeft = step.FilesLeft,
        });
    }

    /// <summary>The last line of progress came before the last file, and from a short run none came at all.</summary>
    private void ReportEnd(RsyncStatistics statistics) => Volatile.Write(ref _progress, _progress with
    {
        Bytes = Math.Max(statistics.TransferredBytes, _progress.Bytes),
        Percent = _exitCode == 0 ? 100 : _progress.Percent,
        SecondsLeft = null,
        FilesTransferred = statistics.FilesTransferred,
        FilesLeft = 0,
    });

    /// <summary>The snapshot at the destination that makes this run reversible.</summary>
    private async Task<(string? Snapshot, string? Problem)> KeepAsync(CancellationToken stop)
    {
        if (request.KeepSnapshots == 0)
            return (null, null);
        try
        {
            var owner = request.TaskId.ToString();
            return request.Destination switch
            {
                LocalDestination local => (await DestinationSnapshots.TakeAsync(snapshots, local.Volume, owner, request.KeepSnapshots), null),
                AgentDestination remote => ((await _client.FinishAsync(remote.Agent, remote.Share, owner, request.KeepSnapshots, stop)).Snapshot, null),
                _ => (null, null),
            };
        }
        catch (Exception e) when (e is AgentException or StorageException or IOException or UnauthorizedAccessException or Win32Exception)
        {
            return (null, e.Message);
        }
    }

    private async Task ReleaseAsync(SnapshotStatus snapshot)
    {
        try
        {
            await snapshots.DeleteSnapshotAsync(snapshot.Id);
        }
        // A snapshot that stays behind is a temporary one, which the next start of the engine deletes; the run's result must not suffer.
        catch (Exception e)
        {
            _output.Add($"The snapshot {snapshot.Name} could not be released: {e.Message}", error: true);
        }
    }

    private RunResult Result(RunVerdict verdict, DateTimeOffset? recoveryPoint, long? files, string? destinationSnapshot) => new(
        verdict.Outcome, verdict.Reason, verdict.Detail, time.GetUtcNow(), _exitCode, Progress.Attempt, recoveryPoint, files,
        RsyncStatistics.Parse(_output.LastPrinted), destinationSnapshot, _output.Errors, _output.Text);

    private static string Url(string user, string host, int port, string share) =>
        $"rsync://{user}@{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{RsyncProgram.Text(port)}/{share}/";

    private static bool IsEmpty(string directory) => !Directory.EnumerateFileSystemEntries(directory).Any(e => !Path.GetFileName(e).StartsWith(NasSentinel.OwnPrefix, StringComparison.Ordinal));

    private static string? ReadSentinel(string root)
    {
        try
        {
            using var reader = new StreamReader(Path.Combine(root, NasSentinel.FileName), Encoding.ASCII);
            var buffer = new char[64];
            return new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            return null;
        }
    }
}
