using Futago.Engine.Link;

namespace Futago.Engine.Replication;

/// <summary>The answering side of the mirror's connections. One connection carries one volume.</summary>
internal sealed class MirrorProtocol : ILinkProtocol
{
    public const string ProtocolName = "futago-mirror/1";
    public const int IdBytes = 16;

    /// <summary>Who has dialled knows what it wants; longer than this is nobody.</summary>
    public static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(5);

    public string Name => ProtocolName;

    /// <summary>Gives the replication with an id, or null; set once, before the link listens.</summary>
    public Func<Guid, HostedReplication?> Find { get; set; } = _ => null;

    public async Task ServeAsync(LinkConnection connection, CancellationToken cancellation)
    {
        var id = new byte[IdBytes];
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            limit.CancelAfter(GreetingTimeout);
            await connection.Stream.ReadExactlyAsync(id, limit.Token);
        }
        var replication = Find(new Guid(id, bigEndian: true));
        if (replication is null)
            await connection.Stream.WriteAsync(new[] { (byte)MirrorGreeting.Unknown }, cancellation);
        else
            await replication.AcceptAsync(connection, cancellation);
    }
}
