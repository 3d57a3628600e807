using System.Collections.Concurrent;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Events;
using Futago.Volumes;
using Futago.Volumes.Snapshots;

namespace Futago.Engine.Shares;

/// <summary>
/// The shares of this node and the users who may connect to them. What can be served is served; what cannot says why, and is tried
/// again.
/// <para>
/// Lock order: the catalogue may call in here while it holds its own gate, so nothing here waits for the catalogue while it holds the
/// gate. Snapshots are therefore mounted before the gate is taken.
/// </para>
/// </summary>
internal sealed partial class ShareService : IVolumeUsers, IAsyncDisposable
{
    public const int SharesMaximum = 256;
    public const int UsersMaximum = 1024;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(3);

    private readonly ShareStore _store;
    private readonly SambaPaths _paths;
    private readonly SmbService _smb;
    private readonly int _port;
    private readonly EventJournal _journal;
    private readonly ILogger<ShareService> _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Guid, ISnapshotMount> _mounts = new();
    private volatile ShareDocument _document = ShareDocument.Empty;
    private volatile IReadOnlyList<(StoredShare Share, string Directory)> _served = [];
    private string? _inForce;
    private VolumeCatalogue? _catalogue;
    private Task _retry = Task.CompletedTask;
    private bool _stopped;

    public ShareService(ShareStore store, SambaPaths paths, int port, EventJournal journal, ILoggerFactory loggers)
    {
        _store = store;
        _paths = paths;
        _port = port;
        _journal = journal;
        _logger = loggers.CreateLogger<ShareService>();
        _smb = new SmbService(paths, port, journal, loggers.CreateLogger<SmbService>());
    }

    /// <summary>Before the volumes are mounted: ends the daemons that a killed engine left, which have files open there.</summary>
    public void EndLeftovers() => _smb.Prepare();

    public SmbServiceInfo Service => _smb.Status;

    public IReadOnlyList<ShareInfo> Shares => [.. _document.Shares.OrderBy(s => s.Name, StringComparer.Ordinal).Select(ToInfo)];

    public IReadOnlyList<ShareUserInfo> Users => [.. _document.Users.OrderBy(u => u.Name, StringComparer.Ordinal).Select(u => new ShareUserInfo(u.Name))];

    public Task<IReadOnlyList<ShareConnectionInfo>> ListConnectionsAsync() => _smb.ListConnectionsAsync();

    /// <summary>Serves the stored shares, without console or database.</summary>
    public async Task StartAsync(VolumeCatalogue catalogue)
    {
        _catalogue = catalogue;
        catalogue.AvailabilityChanged += Wake;
        _document = _store.Load(out var setAside);
        if (setAside is not null)
            _journal.Append(
                EventSeverity.Error, EventCodes.SharesDamaged, null,
                $"The list of shares cannot be used and was set aside as {setAside}. No share is served; the files on the volumes are untouched.", ("file", setAside));
        _smb.Prepare();
        SambaAccounts.Write(_paths, _document.Users);
        await ReconcileAsync();
        _retry = Task.Run(RetryAsync);
    }

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
            _served = [];
            await _smb.StopAsync();
        }
        finally
        {
            _gate.Release();
        }
        foreach (var snapshot in _mounts.Keys)
            await UnmountAsync(snapshot);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _smb.Dispose();
        _gate.Dispose();
        _wake.Dispose();
        _stopping.Dispose();
    }

    public IReadOnlyList<VolumeUser> UsersOf(Guid volumeId) =>
        [.. _document.Shares.Where(s => (s.SnapshotId ?? s.VolumeId) == volumeId).Select(s => VolumeUser.OfShare(s.Name))];

    public IReadOnlyList<string> ConnectedTo(Guid volumeId)
    {
        var names = UsersOf(volumeId).Select(u => u.Share).ToHashSet();
        if (names.Count == 0)
            return [];
        try
        {
            var connections = ListConnectionsAsync().GetAwaiter().GetResult();
            return [.. connections.Where(c => names.Contains(c.Share)).Select(c => $"user {c.User} from {c.Address} on share {c.Share}")];
        }
        catch (ProblemException e)
        {
            // Not known to be nobody is somebody: what is about to happen would take their files away.
            return [$"perhaps users of share {string.Join(", ", names.Order(StringComparer.Ordinal))} ({e.Problem.Detail.TrimEnd('.')})"];
        }
    }

    public void Grow(Guid volumeId, long newLengthBytes)
    {
        // The file system has grown with its volume; Samba asks it each time.
    }

    public async Task ReleaseAsync(IReadOnlyCollection<Guid> volumeIds)
    {
        await _gate.WaitAsync();
        try
        {
            await ServeAsync([.. _served.Where(s => !volumeIds.Contains(s.Share.SnapshotId ?? s.Share.VolumeId))]);
        }
        finally
        {
            _gate.Release();
        }
        // The catalogue unmounts it itself now, and this handle has nothing to do any more.
        foreach (var id in volumeIds)
            _mounts.TryRemove(id, out _);
        Wake();
    }

    private void Wake()
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
                // Serving what is served goes on; the next round tries again.
                LogReconcileFailed(_logger, e);
            }
        }
    }

    private async Task ReconcileAsync()
    {
        await MountSnapshotsAsync();
        await _gate.WaitAsync();
        try
        {
            if (!_stopped)
                await ServeAsync([.. from share in _document.Shares let directory = Locate(share, out _) where directory is not null select (share, directory)]);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Under the gate: makes this, and nothing else, what Samba serves.</summary>
    private async Task ServeAsync(IReadOnlyList<(StoredShare Share, string Directory)> shares)
    {
        var configuration = SambaConfiguration.Write(_paths, _port, shares);
        if (configuration == _inForce)
            return;
        var closed = _served.Where(b => !shares.Any(s => s.Share.Name == b.Share.Name && s.Directory == b.Directory)).Select(b => b.Share.Name).ToList();
        _served = shares;
        await _smb.ApplyAsync(configuration, shares.Count > 0, closed);
        _inForce = configuration;
    }

    private async Task MountSnapshotsAsync()
    {
        var wanted = _document.Shares.Where(s => s.SnapshotId is not null).Select(s => s.SnapshotId!.Value).ToHashSet();
        foreach (var id in wanted.Where(id => !_mounts.ContainsKey(id)))
        {
            try
            {
                var mount = await _catalogue!.MountSnapshotAsync(id, StoragePhrase.Share(_document.Shares.First(s => s.SnapshotId == id).Name));
                if (!_mounts.TryAdd(id, mount))
                    await mount.DisposeAsync();
            }
            catch (StorageException)
            {
                // The share says why when it is asked for.
            }
        }
        foreach (var id in _mounts.Keys.Where(id => !wanted.Contains(id)))
            await UnmountAsync(id);
    }

    private async Task UnmountAsync(Guid snapshotId)
    {
        if (_mounts.TryRemove(snapshotId, out var mount))
            await mount.DisposeAsync();
    }

    /// <summary>The directory that a share offers now, or null and the reason.</summary>
    private string? Locate(StoredShare share, out Problem? problem)
    {
        if (share.SnapshotId is null && _catalogue?.WhyLocked(share.VolumeId) is { } locked)
        {
            problem = Status.Mapping.ToProblem(locked);
            return null;
        }
        var root = share.SnapshotId is { } snapshot
            ? _mounts.GetValueOrDefault(snapshot)?.Directory
            : _catalogue?.MountPointOf(share.VolumeId);
        if (root is null)
        {
            problem = Status.Mapping.ToProblem(_catalogue!.WhyNotMounted(share.SnapshotId ?? share.VolumeId));
            return null;
        }
        if (ShareFolder.Find(root, share.Folder) is { } directory)
        {
            problem = null;
            return directory;
        }
        problem = new Problem(
            ProblemCodes.ShareFolderInvalid, $"The folder {share.Folder} is not there any more, or is no folder.", null, new Dictionary<string, string> { ["folder"] = share.Folder });
        return null;
    }

    private ShareInfo ToInfo(StoredShare share)
    {
        var served = _served.FirstOrDefault(s => s.Share.Id == share.Id);
        Problem? problem = null;
        if (served.Share is null)
            Locate(share, out problem);
        _catalogue!.FindUsable(share.VolumeId, out var volume, out _);
        string? snapshot = null;
        if (share.SnapshotId is { } id)
            snapshot = _catalogue.SnapshotsOf(share.VolumeId).FirstOrDefault(s => s.Id == id)?.Name ?? "";
        return new ShareInfo(
            share.Id, share.Name, share.VolumeId, volume, snapshot, share.Folder, share.ReadOnly || share.SnapshotId is not null, share.Guest,
            share.AllowedHosts, share.Users, share.Comment, served.Share is null ? null : served.Directory, problem ?? _smb.Status.Problem);
    }

    [LoggerMessage(2702, LogLevel.Error, "Serving the shares failed")]
    private static partial void LogReconcileFailed(ILogger logger, Exception exception);
}
