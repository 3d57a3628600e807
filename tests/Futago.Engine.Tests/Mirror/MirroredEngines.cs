using System.Net;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests.Mirror;

/// <summary>Two real engines with a real link that can be cut, and one volume on each that is replicated. Nobody but the tests configures them: there is no console.</summary>
internal sealed class MirroredEngines : IAsyncDisposable
{
    public const long MiB = 1L << 20;
    public const long SizeBytes = 16 * MiB;
    public const string Task = "replication1";
    public const string TargetName = "iqn.2026-01.example.futago:t0";
    public const byte Lun = 1;

    private readonly LinkRelay[] _relays = new LinkRelay[2];
    private readonly PeerConfiguration?[] _peers = new PeerConfiguration?[2];
    private readonly long[] _revisions = new long[2];
    private readonly TargetConfiguration[][] _targets = [[], []];

    private MirroredEngines()
    {
    }

    public Guid Id { get; } = Guid.NewGuid();

    public EngineUnderTest[] Nodes { get; } = new EngineUnderTest[2];

    public VolumeInfo[] Volumes { get; } = new VolumeInfo[2];

    public EngineUnderTest A => Nodes[0];

    public EngineUnderTest B => Nodes[1];

    /// <summary>Two paired engines with a volume each; nothing is replicated yet.</summary>
    public static async Task<MirroredEngines> PairedAsync(long sizeBytes = SizeBytes, long? sizeBytesB = null, bool thinA = false, bool thinB = false, long imageBytesB = 1L << 30, VolumeType type = VolumeType.Iscsi)
    {
        var pair = new MirroredEngines();
        pair.Nodes[0] = await EngineUnderTest.WithGroupAsync();
        pair.Nodes[1] = await EngineUnderTest.WithGroupAsync(imageBytesB);
        var ports = new[] { EngineUnderTest.FreePort(), EngineUnderTest.FreePort() };
        for (var i = 0; i < 2; i++)
        {
            var size = i == 1 ? sizeBytesB ?? sizeBytes : sizeBytes;
            pair.Volumes[i] = await pair.Nodes[i].Client.CreateVolumeAsync("vg00", new(null, type, size, Thin: i == 0 ? thinA : thinB));
            pair._relays[i] = new LinkRelay(ports[i]);
            if (type == VolumeType.Iscsi)
                pair._targets[i] = [EngineUnderTest.Target(TargetName, pair.Volumes[i].Id)];
        }
        for (var i = 0; i < 2; i++)
        {
            var link = await pair.Nodes[1 - i].Client.GetLinkAsync();
            pair._peers[i] = new PeerConfiguration(link.NodeId, i == 0 ? "b" : "a", ["127.0.0.1"], pair._relays[1 - i].Port, link.Fingerprint, "127.0.0.1", ports[i]);
        }
        return pair;
    }

    /// <summary>A is source, B destination, both have the same.</summary>
    public static async Task<MirroredEngines> InSyncAsync()
    {
        var pair = await PairedAsync();
        await pair.ConfigureAsync(0, ReplicationRole.Source);
        await pair.ConfigureAsync(1, ReplicationRole.Destination);
        await pair.WhenInSyncAsync();
        return pair;
    }

    public Task<ApplyResult> ConfigureAsync(int node, ReplicationRole role, bool started = true, Guid? id = null, long? limit = null) =>
        ConfigureAsync(node, new ReplicationConfiguration(id ?? Id, Task, Volumes[node].Id, role, started, limit));

    public Task<ApplyResult> ConfigureAsync(int node, params ReplicationConfiguration[] replications) =>
        Nodes[node].Client.ApplyConfigurationAsync(Nodes[node].Configuration(++_revisions[node], _targets[node]) with { Peer = _peers[node], Replications = replications });

    public void Cut()
    {
        foreach (var relay in _relays)
            relay.Cut();
    }

    public void Restore()
    {
        foreach (var relay in _relays)
            relay.Restore();
    }

    public Task<ReplicationStatus> StatusAsync(int node) => Nodes[node].Client.GetReplicationAsync(Id);

    /// <summary>Waits for a state; says which one there is instead when it does not come.</summary>
    public async Task<ReplicationStatus> WhenAsync(int node, Func<ReplicationStatus, bool> condition)
    {
        object? last = null;
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (!limit.IsCancellationRequested)
        {
            try
            {
                var status = await Nodes[node].Client.GetReplicationAsync(Id, limit.Token);
                if (condition(status))
                    return status;
                last = status;
            }
            catch (ProblemException e)
            {
                last = e;
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await System.Threading.Tasks.Task.Delay(30);
        }
        throw new TimeoutException($"Node {node} is {last}\n{Nodes[node].Log}\nand the other one is\n{await Nodes[1 - node].Client.GetReplicationAsync(Id)}");
    }

    /// <param name="source">The node that is source.</param>
    public async Task WhenInSyncAsync(int source = 0)
    {
        await WhenAsync(source, s => s is { Connection: ReplicationConnection.Connected, Role: ReplicationRole.Source, Data: DataState.UpToDate, PeerData: DataState.UpToDate, OutOfSyncBytes: 0, Resync: null });
        await WhenAsync(1 - source, s => s is { Connection: ReplicationConnection.Connected, Role: ReplicationRole.Destination, Data: DataState.UpToDate });
    }

    /// <summary>A session with the LUN, ready: who asks too early is asked to wait.</summary>
    public ScriptedInitiator LogIn(int node, byte isid = 1)
    {
        var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, Nodes[node].Port)) { Isid = [0x80, 0, 0, isid, 0, 0] };
        Assert.Equal(0, initiator.LoginNormal(TargetName).LoginStatus);
        initiator.TakeAttentions(Lun);
        return initiator;
    }

    public ScriptedInitiator LogInReady(int node, byte isid = 1)
    {
        var initiator = LogIn(node, isid);
        ScsiAnswer answer = new(2, [], 0, 0);
        if (!SpinWait.SpinUntil(() => (answer = initiator.Execute(Lun, new byte[6])).Status == 0, EngineUnderTest.Patience))
            throw new TimeoutException($"The LUN does not become ready: {answer}\n{Nodes[node].Log}");
        return initiator;
    }

    public static byte[] Block(byte value) => [.. Enumerable.Repeat(value, 4096)];

    public static ScsiAnswer Write(ScriptedInitiator initiator, int block, byte value) =>
        initiator.Execute(Lun, ScriptedInitiator.Cdb10(0x2A, (uint)block * 8, 8), dataOut: Block(value));

    public static ScsiAnswer Read(ScriptedInitiator initiator, int block) => initiator.Execute(Lun, ScriptedInitiator.Cdb10(0x28, (uint)block * 8, 8), 4096);

    public static void AssertHolds(ScriptedInitiator initiator, int block, byte value)
    {
        var answer = Read(initiator, block);
        Assert.True(answer.Status == 0, $"The read of block {block} was answered with {answer}");
        Assert.Equal(Block(value), answer.Data);
    }

    public string DirectoryOf(int node) => Path.Combine(Nodes[node].MountRoot, "vg00", "volumes", Volumes[node].Id.ToString());

    public string DataOf(int node) => Path.Combine(DirectoryOf(node), "data");

    /// <summary>How both are and how they came there, for the message of a test that failed.</summary>
    public async Task<string> DescribeAsync()
    {
        var lines = new List<string>();
        foreach (var node in Nodes)
        {
            lines.Add($"{await node.Client.GetReplicationAsync(Id)}");
            lines.AddRange((await node.Client.ListEventsAsync(0)).Select(e => $"  {e.Time:HH:mm:ss.fff} {e.Text}"));
        }
        return string.Join('\n', lines);
    }

    public async Task AssertEqualAsync()
    {
        var (here, there) = (await File.ReadAllBytesAsync(DataOf(0)), await File.ReadAllBytesAsync(DataOf(1)));
        Assert.Equal(here.Length, there.Length);
        Assert.True(here.AsSpan().SequenceEqual(there), $"the two sides differ, first at {here.AsSpan().CommonPrefixLength(there)}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
        foreach (var relay in _relays)
            await relay.DisposeAsync();
    }
}
