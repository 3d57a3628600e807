using System.Net;
using System.Net.Sockets;
using Futago.Blocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Replication.Tests.Volumes;

/// <summary>Two replicated volumes in one process with real files and a loopback TCP connection that can be cut.</summary>
internal sealed class MirrorPair : IAsyncDisposable
{
    public const int SizeBytes = 8 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-mirror-").FullName;
    private readonly Guid _replication = Guid.NewGuid();
    private readonly Guid[] _nodes = [Guid.NewGuid(), Guid.NewGuid()];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Socket> _sockets = [];
    private readonly Func<int, IBlockDevice>? _device;
    private volatile bool _linkAllowed = true;
    private Task _connecting = Task.CompletedTask;

    private readonly BlockBufferPool _copies;

    private MirrorPair(Func<int, IBlockDevice>? device, long copyBytes) => (_device, _copies) = (device, new BlockBufferPool(copyBytes));

    public ReplicatedVolume?[] Volumes { get; } = new ReplicatedVolume?[2];

    /// <summary>What each node has noted; it outlives a volume that is closed, as a file does.</summary>
    public BehindNote[] Notes { get; } = [new(), new()];

    public BlockBufferPool Pool { get; } = new(256 << 20);

    public ReplicatedVolume A => Volumes[0]!;

    public ReplicatedVolume B => Volumes[1]!;

    /// <summary>Both open, A the source, in sync.</summary>
    /// <param name="copyBytes">Memory of both together for what they read for each other.</param>
    public static async Task<MirrorPair> StartAsync(Func<int, IBlockDevice>? device = null, long copyBytes = 64 << 20)
    {
        var pair = new MirrorPair(device, copyBytes);
        for (var i = 0; i < 2; i++)
        {
            await File.WriteAllBytesAsync(pair.DataPath(i), new byte[SizeBytes]);
            ReplicatedVolume.CreateMetadata(pair.MetadataPath(i), pair._replication, pair._nodes[i], SizeBytes);
            await pair.OpenAsync(i);
        }
        Assert.Equal(ReplicationResult.Done, await pair.A.PromoteAsync(alone: true, force: true));
        pair._connecting = pair.ConnectAsync();
        await pair.WhenInSyncAsync();
        return pair;
    }

    public string DataPath(int node) => Path.Combine(_directory, $"data{node}");

    public string MetadataPath(int node) => Path.Combine(_directory, $"data{node}.replication");

    public async Task OpenAsync(int node) => Volumes[node] = await ReplicatedVolume.OpenAsync(new ReplicatedVolumeOptions
    {
        Name = $"volume{node}",
        ReplicationId = _replication,
        NodeId = _nodes[node],
        Device = _device?.Invoke(node) ?? FileBlockDevice.Open(DataPath(node), new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, Logger = NullLogger.Instance }),
        MetadataPath = MetadataPath(node),
        BehindNote = Notes[node],
        Buffers = Pool,
        CopyBuffers = _copies,
        Logger = NullLogger.Instance,
        GoOnAloneAfter = TimeSpan.FromMilliseconds(50),
        // A busy test machine is no dead peer.
        PeerSilentAfter = TimeSpan.FromMinutes(5),
        PeerStuckAfter = TimeSpan.FromMinutes(5),
        KeepSnapshot = _ => Task.FromResult(true),
    });

    /// <summary>As SIGKILL does: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync(int node)
    {
        var volume = Volumes[node]!;
        Volumes[node] = null;
        await volume.DisposeAsync();
    }

    public void Cut(bool keepDown = false)
    {
        _linkAllowed = !keepDown;
        lock (_sockets)
        {
            _sockets.ForEach(s => s.Close());
            _sockets.Clear();
        }
    }

    public void AllowLink() => _linkAllowed = true;

    public Task WhenInSyncAsync() => WhenAsync(
        async () => (await StateAsync(0)) is { Phase: "Established", PeerIsUpToDate: true, OutOfSyncBytes: 0 } && (await StateAsync(1)) is { Phase: "Established" });

    public static async Task WhenAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
            await Task.Delay(10, limit.Token);
    }

    public async Task<ReplicatedVolumeState?> StateAsync(int node) => Volumes[node] is { } volume ? await volume.GetStateAsync() : null;

    public async Task<BlockStatus> WriteAsync(ReplicatedVolume volume, long block, byte value, bool durable = true)
    {
        var buffer = Pool.TryRent(4096)!;
        buffer.GetSpan()[..4096].Fill(value);
        var status = await volume.RunAsync(BlockOperation.Write, block * 4096, 4096, buffer, durable);
        Pool.Return(buffer);
        return status;
    }

    public async Task<byte?> ReadAsync(ReplicatedVolume volume, long block)
    {
        var buffer = Pool.TryRent(4096)!;
        var status = await volume.RunAsync(BlockOperation.Read, block * 4096, 4096, buffer);
        byte? value = status == BlockStatus.Ok ? buffer.GetSpan()[0] : null;
        Pool.Return(buffer);
        return value;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Cut();
        await _connecting;
        for (var i = 0; i < 2; i++)
        {
            if (Volumes[i] is not null)
                await KillAsync(i);
        }
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>What the link's dialler and listener do on two machines.</summary>
    private async Task ConnectAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(20, _stopping.Token);
                if (!_linkAllowed || Volumes[0] is not { } a || Volumes[1] is not { } b)
                    continue;
                using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
                listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                listener.Listen(1);
                var dialled = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await dialled.ConnectAsync(listener.LocalEndPoint!, _stopping.Token);
                var accepted = await listener.AcceptAsync(_stopping.Token);
                accepted.NoDelay = true;
                lock (_sockets)
                    _sockets.AddRange([dialled, accepted]);
                await Task.WhenAll(
                    a.AttachAsync(new NetworkStream(dialled, ownsSocket: true), _stopping.Token),
                    b.AttachAsync(new NetworkStream(accepted, ownsSocket: true), _stopping.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // Cut; the loop tries again.
            }
        }
    }
}
