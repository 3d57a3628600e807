using Futago.Engine.Link;

namespace Futago.Engine.Replication;

/// <summary>
/// The answering side of the mirror's connections. One connection carries one volume. Version 3 leaves the payload's integrity to TLS; version 1
/// is for a peer that knows no other.
/// </summary>
internal sealed class MirrorProtocol(int version) : ILinkProtocol
{
    public const int Newest = 3;
    public const int IdBytes = 16;

    /// <summary>What a node offers when it dials; who answers takes the newest that it knows (RFC 7301 section 3.2).</summary>
    public static readonly IReadOnlyList<string> ProtocolNames = [NameOf(Newest), NameOf(1)];

    /// <summary>Who has dialled knows what it wants; longer than this is nobody.</summary>
    public static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(5);

    public string Name => NameOf(version);

    /// <summary>Gives the replication with an id, or null; set once, before the link listens.</summary>
    public Func<Guid, HostedReplication?> Find { get; set; } = _ => null;

    public static string NameOf(int version) => version == 1 ? "futago-mirror/1" : "futago-mirror/3";

    /// <summary>Whether the checksums of frames leave out the payload, of which TLS sees to it that it is what the peer wrote.</summary>
    public static bool LeavesPayloadToTls(LinkConnection connection) => connection.Protocol == NameOf(Newest);

    public async Task ServeAsync(LinkConnection connection, CancellationToken cancellation)
    {
        var id = new byte[IdBytes];
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            limit.CancelAfter(GreetingTimeout);
            await connection.Stream.ReadExactlyAsync(id, limit.Token);
        }
        if (Find(new Guid(id, bigEndian: true)) is { } replication)
            await replication.AcceptAsync(connection, cancellation);
        else
            await AnswerAsync(connection, MirrorGreeting.Unknown, cancellation);
    }

    public static async Task AnswerAsync(LinkConnection connection, MirrorGreeting answer, CancellationToken cancellation) =>
        await connection.Stream.WriteAsync(new[] { (byte)answer }, cancellation);

    /// <summary>The dialling side.</summary>
    public static async Task<MirrorGreeting> GreetAsync(LinkConnection connection, Guid id, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(GreetingTimeout);
        await connection.Stream.WriteAsync(id.ToByteArray(bigEndian: true), limit.Token);
        var answer = new byte[1];
        await connection.Stream.ReadExactlyAsync(answer, limit.Token);
        return (MirrorGreeting)answer[0];
    }
}
