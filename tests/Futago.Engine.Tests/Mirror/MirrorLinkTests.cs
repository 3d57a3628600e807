using System.Net;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Engine.Events;
using Futago.Engine.Link;
using Futago.Engine.Replication;
using Futago.Testing.Iscsi;
using Futago.Transport;
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

    /// <summary>Every other time beneath TLS, which does not know it for its own.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Garbage_FromThePeer_EndsTheConnectionAndNothingElse(int version)
    {
        await StartAsync();
        var random = new Random(20261125);
        for (var round = 0; round < 60; round++)
        {
            await using var connection = await GreetAsync(_id, MirrorGreeting.Welcome, version);
            await using Stream stream = round % 2 == 0 ? connection.Stream : new WireStream(connection.Socket);
            var bytes = new byte[random.Next(1, 4096)];
            random.NextBytes(bytes);
            if (round % 3 > 0)
                // A header that looks right, with lengths that are not.
                new byte[] { (byte)'F', (byte)'M', (byte)(version == 1 ? 1 : 2), (byte)random.Next(0, 30) }.CopyTo(bytes.AsSpan()[..Math.Min(4, bytes.Length)]);
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

        foreach (var version in new[] { 1, MirrorProtocol.Newest })
        {
            await using var unknown = await GreetAsync(Guid.NewGuid(), MirrorGreeting.Unknown, version);
        }
        await ConfigureAsync(2, started: false);
        foreach (var version in new[] { 1, MirrorProtocol.Newest })
        {
            await using var stopped = await GreetAsync(_id, MirrorGreeting.Stopped, version);
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
        var identity = LinkIdentity.LoadOrCreate(Path.Combine(_root, "identity.json"), TimeProvider.System, Assert.Fail);
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

    /// <summary>A node that knows version 1 and another that is gone gets 1; one that knows the newest gets that.</summary>
    [Fact]
    public async Task Version_IsTheNewestThatBothKnow()
    {
        await StartAsync();

        await using (var old = await GreetAsync(_id, MirrorGreeting.Welcome, ["futago-mirror/2", "futago-mirror/1"]))
            Assert.Equal("futago-mirror/1", old.Protocol);
        await using (var current = await GreetAsync(_id, MirrorGreeting.Welcome, ["futago-mirror/99", "futago-mirror/1", "futago-mirror/3"]))
            Assert.Equal("futago-mirror/3", current.Protocol);
    }

    private Task<LinkConnection> GreetAsync(Guid id, MirrorGreeting expected, int version) =>
        GreetAsync(id, expected, [MirrorProtocol.NameOf(version)]);

    /// <summary>Dials until the engine answers as expected: its volume takes a moment to open.</summary>
    private async Task<LinkConnection> GreetAsync(Guid id, MirrorGreeting expected, string[] protocols)
    {
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (true)
        {
            try
            {
                var connection = await _peer!.ConnectAsync(protocols, limit.Token);
                if (await MirrorProtocol.GreetAsync(connection, id, limit.Token) == expected)
                    return connection;
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
