using System.Net;
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

    [Fact]
    public async Task Garbage_FromThePeer_EndsTheConnectionAndNothingElse()
    {
        await StartAsync();
        var random = new Random(20261125);
        for (var round = 0; round < 60; round++)
        {
            await using var connection = await GreetAsync(_id, MirrorGreeting.Welcome);
            var bytes = new byte[random.Next(1, 4096)];
            random.NextBytes(bytes);
            if (round % 3 > 0)
                // A header that looks right, with lengths that are not.
                new byte[] { (byte)'F', (byte)'M', 1, (byte)random.Next(0, 30) }.CopyTo(bytes.AsSpan()[..Math.Min(4, bytes.Length)]);
            try
            {
                await connection.Stream.WriteAsync(bytes);
                if (bytes.Length < 64)
                    continue;
                using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
                var answer = new byte[64 << 10];
                while (await connection.Stream.ReadAsync(answer, limit.Token) > 0)
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

        await using (await GreetAsync(Guid.NewGuid(), MirrorGreeting.Unknown))
        {
            // Answered.
        }
        await ConfigureAsync(2, started: false);
        await using (await GreetAsync(_id, MirrorGreeting.Stopped))
        {
            // Answered.
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
        _peer = new LinkService(identity, [new MirrorProtocol()], _journal, NullLogger<LinkService>.Instance);
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

    /// <summary>Dials until the engine answers as expected: its volume takes a moment to open.</summary>
    private async Task<LinkConnection> GreetAsync(Guid id, MirrorGreeting expected)
    {
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (true)
        {
            try
            {
                var connection = await _peer!.ConnectAsync(MirrorProtocol.ProtocolName, limit.Token);
                await connection.Stream.WriteAsync(id.ToByteArray(bigEndian: true), limit.Token);
                var answer = new byte[1];
                await connection.Stream.ReadExactlyAsync(answer, limit.Token);
                if (answer[0] == (byte)expected)
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
