using Futago.DataReplication.Settling;
using Futago.Testing.Processes;
using Futago.Volumes;
using Futago.Volumes.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.DataReplication.Tests;

/// <summary>
/// NAS volumes whose file systems are directories and whose snapshots are copies: what is tested here is what happens between two
/// file systems. The tests of the engine do the same with real volumes.
/// </summary>
internal sealed class DirectoryVolumes : ISnapshots, IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("futago-replication-").FullName;
    private readonly List<SnapshotStatus> _snapshots = [];
    private int _mounts;

    public string StateDirectory => Path.Combine(_root, "runs");

    public string RuntimeDirectory => Path.Combine(_root, "runtime");

    public UnsettledCopies Copies { get; } = new(TimeProvider.System, NullLogger<UnsettledCopies>.Instance);

    public int Mounts => Volatile.Read(ref _mounts);

    /// <summary>Takes no snapshot of this volume.</summary>
    public Guid? RefuseSnapshotsOf { get; set; }

    /// <summary>What it is refused with.</summary>
    public Exception Refusal { get; set; } = new StorageException(new StorageProblem("unit.disk-full", "There is no room for a snapshot."), RefusalKind.Conflict);

    public string PathOf(string name) => Path.Combine(_root, name);

    public Guid AddVolume(bool sentinel = true)
    {
        var id = Guid.NewGuid();
        Directory.CreateDirectory(RootOf(id));
        if (sentinel)
            File.WriteAllText(Path.Combine(RootOf(id), NasSentinel.FileName), $"{id}\n");
        return id;
    }

    public string RootOf(Guid volume) => Path.Combine(_root, "volumes", volume.ToString("n"));

    public async Task<SnapshotStatus> CreateSnapshotAsync(Guid volumeId, SnapshotRequest request)
    {
        if (RefuseSnapshotsOf == volumeId)
            throw Refusal;
        var id = Guid.NewGuid();
        Directory.CreateDirectory(Path.Combine(_root, "snapshots"));
        await Command.RunOkAsync("cp", "-a", RootOf(volumeId), SnapshotDirectory(id));
        SnapshotStatus snapshot = new(id, volumeId, "vg00", "nas0", request.Name ?? $"snap{_snapshots.Count:0000}", request.Origin, request.Owner, request.Temporary, request.Protected,
            0, null, TimeProvider.System.GetUtcNow(), TimeSpan.Zero, null, []);
        lock (_snapshots)
            _snapshots.Add(snapshot);
        return snapshot;
    }

    // Not Directory.Delete: it cannot delete names that are no UTF-8.
    public async Task DeleteSnapshotAsync(Guid snapshotId)
    {
        lock (_snapshots)
            _snapshots.RemoveAll(s => s.Id == snapshotId);
        await Command.RunOkAsync("rm", "-rf", SnapshotDirectory(snapshotId));
    }

    public IReadOnlyList<SnapshotStatus> SnapshotsOf(Guid volumeId)
    {
        lock (_snapshots)
            return [.. _snapshots.Where(s => s.VolumeId == volumeId)];
    }

    public Task<ISnapshotMount> MountSnapshotAsync(Guid snapshotId, StoragePhrase user)
    {
        Interlocked.Increment(ref _mounts);
        return Task.FromResult<ISnapshotMount>(new Mount(SnapshotDirectory(snapshotId), () => Interlocked.Decrement(ref _mounts)));
    }

    public string? MountPointOf(Guid volumeId) => Directory.Exists(RootOf(volumeId)) ? RootOf(volumeId) : null;

    public async ValueTask DisposeAsync() => await Command.RunOkAsync("rm", "-rf", _root);

    private string SnapshotDirectory(Guid id) => Path.Combine(_root, "snapshots", id.ToString("n"));

    private sealed class Mount(string directory, Action disposed) : ISnapshotMount
    {
        public string Directory => directory;

        public ValueTask DisposeAsync()
        {
            disposed();
            return ValueTask.CompletedTask;
        }
    }
}
