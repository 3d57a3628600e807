using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Tests.Pairing;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>Two paired nodes whose engines take every role they are told to, unless a test says otherwise.</summary>
internal sealed class ReplicatedPair : IAsyncDisposable
{
    private ReplicatedPair(TestNode a, TestNode b) => (A, B) = (a, b);

    public TestNode A { get; }

    public TestNode B { get; }

    /// <summary>What an engine makes of its status.</summary>
    public Func<TestNode, ReplicationStatus, ReplicationStatus> Status { get; set; } = (_, status) => status;

    public static async Task<ReplicatedPair> StartAsync(DatabaseFixture databases)
    {
        var (a, b) = (await TestNode.StartAsync(databases, "nodea"), await TestNode.StartAsync(databases, "nodeb"));
        TestNode.Connect(a, b);
        await a.JoinAsync((await b.Pair.CreateCodeAsync()).Code);
        var pair = new ReplicatedPair(a, b);
        a.Plane.Engine.OnApplied = c => pair.Follow(a, c);
        b.Plane.Engine.OnApplied = c => pair.Follow(b, c);
        a.Plane.AddVolume("vg00/lv0000");
        b.Plane.Engine.Groups.Add(new GroupInfo(Guid.NewGuid(), "vg00", GroupState.Online, null, "/u", 4 * ByteSize.GiB, new GroupSpace(0, 0, 0, 0, 0, 3 * ByteSize.GiB), 0));
        pair.Refresh();
        return pair;
    }

    /// <summary>The engines say again how they are.</summary>
    public void Refresh()
    {
        foreach (var node in new[] { A, B })
            Follow(node, node.Plane.Engine.Applied[^1]);
    }

    public static ReplicationStatus StatusOf(ReplicationConfiguration c) => new(
        c.Id, c.TaskName, c.VolumeId,
        c.Started ? ReplicationConnection.Connected : ReplicationConnection.StandAlone,
        c.Role, c.Role == ReplicationRole.Source ? ReplicationRole.Destination : ReplicationRole.Source, null,
        DataState.UpToDate, DataState.UpToDate, ByteSize.GiB, 0, false, 1, "1", null, null, null, null, null, null,
        new ReplicationCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }

    private void Follow(TestNode node, EngineConfiguration configuration)
    {
        node.Plane.Engine.Replications = [.. configuration.Replications.Select(c => Status(node, StatusOf(c)))];
        node.Plane.Live.Apply(new StatusUpdate(Replications: node.Plane.Engine.Replications));
    }
}
