using System.Collections.Immutable;
using System.Security.Cryptography;
using Futago.Blocks;
using Futago.Blocks.Native;
using Microsoft.Extensions.Logging;

namespace Futago.Replication;

/// <summary>
/// A volume that two nodes keep equal, as an <see cref="IBlockDevice"/>. The shell around <see cref="ReplicaCore"/>: it carries out
/// the core's effects on the local device, the metadata file and the connection, and feeds it what comes of them.
/// <para>
/// Events go through a queue that one thread at a time empties, whichever comes first, for a while; no lock is held while anything is
/// submitted or completed. While this node is not the source, requests end with <see cref="BlockStatus.Offline"/>.
/// </para>
/// </summary>
public sealed partial class ReplicatedVolume : IBlockDevice
{
    /// <summary>A longer unmapping or zeroing is cut up, so that it never needs more of the activity log than there is.</summary>
    private const long ChangeWithoutDataMaximum = 64L << 20;

    /// <summary>
    /// After so many events the queue goes over to the thread pool. Whoever happened to begin, most often a connection of an initiator
    /// with further commands in its buffer, would otherwise work for all others for as long as they have anything to do.
    /// </summary>
    private const int EventsInARow = 64;

    private readonly ReplicatedVolumeOptions _options;
    private readonly ReplicaCore _core;
    private readonly MetadataFile _metadata;
    private readonly MetadataThread _metadataThread;
    private readonly Queue<object> _events = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _timer;
    private long _sizeBytes;
    private long _resyncLimit;
    private bool _draining;
    private volatile bool _closed;

    private ReplicatedVolume(ReplicatedVolumeOptions options, MetadataFile metadata, LoadedMetadata loaded)
    {
        _options = options;
        _metadata = metadata;
        _stages = new StageMeters(options.Time);
        _metadataThread = new MetadataThread(options.Name, metadata, (id, ok) => Post(new MetadataDone(id, ok)), options.Logger);
        _core = new ReplicaCore(
            new ReplicaOptions
            {
                NextGeneration = NewGeneration,
                ChecksumResync = options.ChecksumResync,
                PeerSilentMs = (long)options.PeerSilentAfter.TotalMilliseconds,
                PeerStuckMs = (long)options.PeerStuckAfter.TotalMilliseconds,
            },
            loaded,
            options.Device.LengthBytes / DirtyMap.BlockBytes * DirtyMap.BlockBytes);
        LoadBlobs();
        _sizeBytes = _core.SizeBytes;
        ResyncLimit = options.ResyncLimit;
        options.Device.Grown += OnDeviceGrown;
        Post(new Started());
        _timer = RunTimerAsync();
    }

    public event Action? Grown;

    /// <summary>Raised on any thread, after something changed that people or other parts want to know.</summary>
    public event Action<ReplicationNotice>? Noticed;

    public long LengthBytes => Interlocked.Read(ref _sizeBytes);

    public int AlignmentBytes => _options.Device.AlignmentBytes;

    public int UnmapGranularityBytes => _options.Device.UnmapGranularityBytes;

    public Guid ReplicationId => _options.ReplicationId;

    /// <summary>Bytes per second for resync and verify; null: what application I/O leaves. Counts from the next tenth of a second on.</summary>
    public long? ResyncLimit
    {
        get => Interlocked.Read(ref _resyncLimit) is > 0 and var limit ? limit : null;
        set => Interlocked.Exchange(ref _resyncLimit, value ?? 0);
    }

    /// <summary>Makes the metadata of a volume that takes part for the first time: everything will be copied from the peer, or a person makes it the source.</summary>
    public static void CreateMetadata(string path, Guid replicationId, Guid nodeId, long deviceBytes) =>
        MetadataFile.Create(path, VolumeLineage.CreateNew(replicationId, nodeId, deviceBytes / DirtyMap.BlockBytes * DirtyMap.BlockBytes));

    /// <summary>Whose metadata a file has; null when there is no file.</summary>
    /// <exception cref="MetadataException">Damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (Guid ReplicationId, Guid NodeId)? ReadIdentity(string path) =>
        Read(path)?.Lineage is { } lineage ? (lineage.ReplicationId, lineage.NodeId) : null;

    /// <summary>What a file says of the data; null when there is no file. The volume is not open.</summary>
    /// <exception cref="MetadataException">Damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MetadataSummary? ReadSummary(string path) => Read(path) is { } loaded ? MetadataSummary.Of(loaded) : null;

    /// <summary>Forgets that the volume was ever replicated. It is not open.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public static void DeleteMetadata(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        // Values without metadata would be taken for those of the next replication; so they go first.
        foreach (var value in Directory.GetFiles(directory, Path.GetFileName(path) + BlobInfix + "*"))
            File.Delete(value);
        File.Delete(path + ".new");
        File.Delete(path);
        DirectorySync.Sync(directory);
    }

    /// <summary>Opens the volume. What a process that died left in the page cache is flushed first.</summary>
    /// <exception cref="MetadataException">The metadata is damaged, or belongs to another replication or node.</exception>
    /// <exception cref="IOException">The metadata or the device cannot be used.</exception>
    public static async Task<ReplicatedVolume> OpenAsync(ReplicatedVolumeOptions options)
    {
        var metadata = MetadataFile.Open(options.MetadataPath, out var loaded);
        try
        {
            if (loaded.Lineage.ReplicationId != options.ReplicationId || loaded.Lineage.NodeId != options.NodeId)
                throw new MetadataException("The replication metadata belongs to another replication or another node: the volume was copied or moved. Clear it first.");
            if (options.Device.LengthBytes < loaded.Lineage.SizeBytes)
                throw new MetadataException($"The volume has {options.Device.LengthBytes} bytes, the replication {loaded.Lineage.SizeBytes}: it became smaller.");
            loaded = loaded with { Behind = options.BehindNote.IsMade() };
            if (await options.Device.RunAsync(BlockOperation.Flush, 0, 0) != BlockStatus.Ok)
                throw new IOException("The volume's medium cannot be flushed.");
            return new ReplicatedVolume(options, metadata, loaded);
        }
        catch
        {
            metadata.Dispose();
            throw;
        }
    }

    public void Submit(BlockRequest request)
    {
        if (_closed)
            request.OnCompleted(BlockStatus.Offline);
        else if (request.Operation is BlockOperation.Unmap or BlockOperation.WriteZeroes && request.LengthBytes > ChangeWithoutDataMaximum)
            new SplitRequest(this, request, ChangeWithoutDataMaximum).Start();
        else
            Post(new Submitted(new VolumeRequest(request, _options.Time.GetTimestamp())));
    }

    public long GetAllocation(long offsetBytes, out bool allocated) => _options.Device.GetAllocation(offsetBytes, out allocated);

    /// <summary>
    /// Ends as a crash would, with what is under way: nothing is flushed or written down. <see cref="StopAsync"/> before it makes a
    /// clean end.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
            return;
        _closed = true;
        await _stopping.CancelAsync();
        await _timer;
        Task? link;
        lock (_linkGate)
        {
            _session?.Close();
            link = _linkTask;
        }
        if (link is not null)
            await link;
        _options.Device.Grown -= OnDeviceGrown;
        await _options.Device.DisposeAsync();
        _metadataThread.Dispose();
        _metadata.Dispose();
        AbandonRequests();
        _stopping.Dispose();
    }

    internal void OnLocalDone(LocalIo io, BlockStatus status, Payload? payload, ImmutableArray<byte> digests, long startedAt)
    {
        if (io.Kind == LocalIoKind.Write && io.Payload is Payload { Owner: null })
        {
            _localWrite.Add(_options.Time.GetElapsedTime(startedAt));
            _stages.Add(WriteStage.LocalWrite, startedAt);
        }
        else if (io.Kind == LocalIoKind.Flush)
        {
            _stages.Add(WriteStage.LocalFlush, startedAt);
        }
        Post(new LocalDone(io.Id, status, io.Payload is null ? payload : null, digests));
    }

    /// <summary>Runs when the events before it are done, with the core to itself.</summary>
    private Task<T> QueryAsync<T>(Func<ReplicaCore, T> query)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post((Action)(() => result.SetResult(query(_core))));
        return result.Task;
    }

    private void Post(object item)
    {
        lock (_gate)
        {
            _events.Enqueue(item);
            if (_draining)
                return;
            _draining = true;
        }
        Drain();
    }

    private void Drain()
    {
        for (var done = 0; ; done++)
        {
            if (done == EventsInARow)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static volume => volume.Drain(), this, preferLocal: false);
                break;
            }
            object item;
            lock (_gate)
            {
                if (!_events.TryDequeue(out item!))
                {
                    _draining = false;
                    break;
                }
            }
            try
            {
                if (item is Submitted { Request: VolumeRequest request })
                    _outstanding.Add(request);
                if (item is Action action)
                    action();
                else if (!_closed)
                    Perform(_core.Step((ReplicaEvent)item));
            }
            catch (Exception e)
            {
                // A broken core must not go on: no more answers are better than wrong ones.
                _closed = true;
                LogCoreFailed(_options.Logger, _options.Name, e);
            }
        }
        // What the core said goes out while it already works for somebody else.
        _session?.Kick();
    }

    private static LoadedMetadata? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        using var file = MetadataFile.Open(path, out var loaded);
        return loaded;
    }

    private static Generation NewGeneration()
    {
        Span<byte> random = stackalloc byte[8];
        ulong value;
        do
        {
            RandomNumberGenerator.Fill(random);
            value = BitConverter.ToUInt64(random);
        }
        while (value == 0);
        return new Generation(value);
    }

    private void OnDeviceGrown() => Post(new DeviceGrown(_options.Device.LengthBytes / DirtyMap.BlockBytes * DirtyMap.BlockBytes));

    [LoggerMessage(5001, LogLevel.Critical, "The replication of {Name} has stopped because of an error in the program")]
    private static partial void LogCoreFailed(ILogger logger, string name, Exception exception);
}
