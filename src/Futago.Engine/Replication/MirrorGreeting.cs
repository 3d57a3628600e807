namespace Futago.Engine.Replication;

/// <summary>
/// How a connection of <c>futago-mirror</c> begins: who has dialled sends the replication's id (16 bytes, RFC 9562 byte order), who was
/// dialled answers with one of these bytes. docs/protocol/replication-link.md.
/// </summary>
internal enum MirrorGreeting : byte
{
    /// <summary>The frames begin.</summary>
    Welcome = 1,
    /// <summary>There is no such replication on this node.</summary>
    Unknown = 2,
    /// <summary>It is stopped here.</summary>
    Stopped = 3,
    /// <summary>Its volume cannot be used now.</summary>
    NotOpen = 4,
}
