using System.Net;
using System.Net.Sockets;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Engine.Events;
using Futago.Engine.Link;
using Futago.Engine.Replication;
using Futago.Testing.Iscsi;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Engine.Tests.Mirror;

/// <summary>A peer that is paired and talks nonsense: it gets nowhere, and the volume goes on.</summary>
public sealed class MirrorLinkTests : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("futago-mirror-link-").FullName;
    private readonly Guid _id = Guid.NewGuid();
    private EngineUnderTest? _engine;
    private LinkService? _peer;
    private EventJournal? _journal;

    /// <summary>In version 2 every other time as records that are good by themselves.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Garbage_FromThePeer_EndsTheConnectionAndNothingElse(int version)
    {
        await StartAsync();
        var random = new Random(20261125);
        for (var round = 0; round < 60; round++)
        {
            var (dialled, welcomed) = await GreetAsync(_id, MirrorGreeting.Welcome, version);
            await using var connection = dialled;
            await using var stream = round % 2 == 0 ? welcomed : new NetworkStream(connection.Socket);
            var bytes = new byte[random.Next(1, 4096)];
            random.NextBytes(bytes);
            if (round % 3 > 0)
                // A header that looks right, with lengths that are not.
                new byte[] { (byte)'F', (byte)'M', (byte)version, (byte)random.Next(0, 30) }.CopyTo(bytes.AsSpan()[..Math.Min(4, bytes.Length)]);
            try
            {
                await stream.WriteAsync(bytes);
                await stream.FlushAsync();
                if (bytes.Length < 64)
                    continue;
                using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
                var answer = new byte[64 << 10];
                while (await stream.ReadAsync(answer, limit.Token) > 0)
                {
                    // A hello at most; then the engine closes.
                }
            }
            catch (IOException)
            {
                // Closed already.
            }
        }

        using var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, _engine!.Port));
        Assert.Equal(0, initiator.LoginNormal(MirroredEngines.TargetName).LoginStatus);
        Assert.True(SpinWait.SpinUntil(() => initiator.Execute(MirroredEngines.Lun, new byte[6]).Status == 0, EngineUnderTest.Patience));
        Assert.Equal(0, MirroredEngines.Write(initiator, 1, 1).Status);
        Assert.Equal(ReplicationRole.Source, (await _engine.Client.GetReplicationAsync(_id)).Role);
    }

    [Fact]
    public async Task Greeting_ForAnUnknownOrStoppedReplication_IsAnsweredSo()
    {
        await StartAsync();

        foreach (var version in new[] { 1, 2 })
        {
            var (unknown, _) = await GreetAsync(Guid.NewGuid(), MirrorGreeting.Unknown, version);
            await unknown.DisposeAsync();
        }
        await ConfigureAsync(2, started: false);
        foreach (var version in new[] { 1, 2 })
        {
            var (stopped, _) = await GreetAsync(_id, MirrorGreeting.Stopped, version);
            await stopped.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_peer is not null)
            await _peer.DisposeAsync();
        if (_journal is not null)
            await _journal.DisposeAsync();
        if (_engine is not null)
            await _engine.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private PeerConfiguration? _configured;
    private Guid _volume;

    private async Task StartAsync()
    {
        _engine = await EngineUnderTest.WithGroupAsync();
        _volume = (await _engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, MirroredEngines.SizeBytes))).Id;
        var identity = LinkIdentity.LoadOrCreate(Path.Combine(_root, "identity.json"), TimeProvider.System, out _);
        _journal = new EventJournal(Path.Combine(_root, "events"), TimeProvider.System);
        _peer = new LinkService(identity, [new MirrorProtocol(1)], _journal, NullLogger<LinkService>.Instance);
        var (own, theirs) = (EngineUnderTest.FreePort(), EngineUnderTest.FreePort());
        _configured = new PeerConfiguration(identity.NodeId, "b", ["127.0.0.1"], theirs, identity.Fingerprint, "127.0.0.1", own);
        await ConfigureAsync(1, started: true);
        var link = await _engine.Client.GetLinkAsync();
        _peer.Apply(new PeerConfiguration(link.NodeId, "a", ["127.0.0.1"], own, link.Fingerprint, "127.0.0.1", theirs));
    }

    private Task<ApplyResult> ConfigureAsync(long revision, bool started) => _engine!.Client.ApplyConfigurationAsync(
        _engine.Configuration(revision, EngineUnderTest.Target(MirroredEngines.TargetName, _volume)) with
        {
            Peer = _configured,
            Replications = [new ReplicationConfiguration(_id, MirroredEngines.Task, _volume, ReplicationRole.Source, started, null)],
        });

    /// <summary>A node that only knows version 1 gets it; one that knows both gets the newest.</summary>
    [Fact]
    public async Task Version_IsTheNewestThatBothKnow()
    {
        await StartAsync();

        var (old, _) = await GreetAsync(_id, MirrorGreeting.Welcome, [MirrorProtocol.NameOf(1)]);
        await using (old)
            Assert.Equal("futago-mirror/1", old.Protocol);
        var (current, _) = await GreetAsync(_id, MirrorGreeting.Welcome, ["futago-mirror/99", MirrorProtocol.NameOf(1), MirrorProtocol.NameOf(2)]);
        await using (current)
            Assert.Equal("futago-mirror/2", current.Protocol);
    }

    private Task<(LinkConnection Connection, Stream Bytes)> GreetAsync(Guid id, MirrorGreeting expected, int version) =>
        GreetAsync(id, expected, [MirrorProtocol.NameOf(version)]);

    /// <summary>Dials until the engine answers as expected: its volume takes a moment to open.</summary>
    private async Task<(LinkConnection Connection, Stream Bytes)> GreetAsync(Guid id, MirrorGreeting expected, string[] protocols)
    {
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (true)
        {
            try
            {
                var connection = await _peer!.ConnectAsync(protocols, limit.Token);
                var (answer, bytes) = await MirrorProtocol.GreetAsync(connection, id, limit.Token);
                if (answer == expected)
                    return (connection, bytes);
                await connection.DisposeAsync();
            }
            catch (Exception e) when (e is LinkException or IOException)
            {
                // Not listening yet.
            }
            await System.Threading.Tasks.Task.Delay(50, limit.Token);
        }
    }
}
