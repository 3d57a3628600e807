using System.Security.Cryptography;
using Futago.Engine.Link;

namespace Futago.Engine.Replication;

/// <summary>
/// The answering side of the mirror's connections. One connection carries one volume. Version 2 leaves the stream of TLS after the greeting
/// and goes on with sealed records; version 1, for a peer that knows no other, stays in it.
/// </summary>
internal sealed class MirrorProtocol(int version) : ILinkProtocol
{
    public const int Newest = 2;
    public const int IdBytes = 16;

    /// <summary>What a node offers when it dials; who answers takes the newest that it knows (RFC 7301 section 3.2).</summary>
    public static readonly IReadOnlyList<string> ProtocolNames = [NameOf(2), NameOf(1)];

    /// <summary>Who has dialled knows what it wants; longer than this is nobody.</summary>
    public static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(5);

    public string Name => NameOf(version);

    /// <summary>Gives the replication with an id, or null; set once, before the link listens.</summary>
    public Func<Guid, HostedReplication?> Find { get; set; } = _ => null;

    public static string NameOf(int version) => version == 1 ? "futago-mirror/1" : "futago-mirror/2";

    /// <summary>Whether a connection is one of version 2.</summary>
    public static bool IsSealed(LinkConnection connection) => connection.Protocol == NameOf(2);

    public async Task ServeAsync(LinkConnection connection, CancellationToken cancellation)
    {
        var greeting = new byte[IdBytes + (IsSealed(connection) ? RecordKeys.SecretBytes : 0)];
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            limit.CancelAfter(GreetingTimeout);
            await connection.Stream.ReadExactlyAsync(greeting, limit.Token);
        }
        var replication = Find(new Guid(greeting.AsSpan(0, IdBytes), bigEndian: true));
        if (replication is null)
            await connection.Stream.WriteAsync(new[] { (byte)MirrorGreeting.Unknown }, cancellation);
        else
            await replication.AcceptAsync(connection, greeting.AsMemory(IdBytes), cancellation);
    }

    /// <summary>The dialling side.</summary>
    /// <returns>The answer, and what the frames go through if it is <see cref="MirrorGreeting.Welcome"/>.</returns>
    public static async Task<(MirrorGreeting Answer, Stream Bytes)> GreetAsync(LinkConnection connection, Guid id, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(GreetingTimeout);
        var own = IsSealed(connection) ? RandomNumberGenerator.GetBytes(RecordKeys.SecretBytes) : [];
        await connection.Stream.WriteAsync((byte[])[.. id.ToByteArray(bigEndian: true), .. own], limit.Token);
        var answer = new byte[1];
        await connection.Stream.ReadExactlyAsync(answer, limit.Token);
        if (own.Length == 0 || answer[0] != (byte)MirrorGreeting.Welcome)
            return ((MirrorGreeting)answer[0], connection.Stream);
        var theirs = new byte[RecordKeys.SecretBytes];
        await connection.Stream.ReadExactlyAsync(theirs, limit.Token);
        var (outwards, inwards) = RecordKeys.Derive(own, theirs);
        return (MirrorGreeting.Welcome, await LeaveTlsAsync(connection, outwards, inwards, s => s.StartAsync(limit.Token)));
    }

    /// <summary>The answering side, after the greeting was found good.</summary>
    /// <param name="theirs">The random bytes of who has dialled; none in version 1.</param>
    /// <returns>What the frames go through.</returns>
    public static async Task<Stream> WelcomeAsync(LinkConnection connection, ReadOnlyMemory<byte> theirs, CancellationToken cancellation)
    {
        if (theirs.Length == 0)
        {
            await connection.Stream.WriteAsync(new[] { (byte)MirrorGreeting.Welcome }, cancellation);
            return connection.Stream;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(GreetingTimeout);
        var own = RandomNumberGenerator.GetBytes(RecordKeys.SecretBytes);
        await connection.Stream.WriteAsync((byte[])[(byte)MirrorGreeting.Welcome, .. own], limit.Token);
        var (inwards, outwards) = RecordKeys.Derive(theirs.Span, own);
        return await LeaveTlsAsync(connection, outwards, inwards, s => s.WaitForStartAsync(limit.Token));
    }

    private static async Task<Stream> LeaveTlsAsync(LinkConnection connection, byte[] outwards, byte[] inwards, Func<SealedStream, Task> start)
    {
        var stream = new SealedStream(connection.Socket, new RecordKeys(outwards), new RecordKeys(inwards));
        try
        {
            await start(stream);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
