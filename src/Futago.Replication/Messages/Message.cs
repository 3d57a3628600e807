using System.Collections.Immutable;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>
/// What the two nodes say to each other about one volume. Order and completeness are the business of <see cref="Frame"/>. A
/// payload is whatever the shell carries data in; the core never looks into it.
/// </summary>
internal abstract record Message;

/// <summary>This side has made durable what the handshake asked for.</summary>
internal sealed record Ready : Message;

/// <summary>One page of the target's bits.</summary>
internal sealed record BitmapPart(int Page, ImmutableArray<ulong> Words) : Message;

internal sealed record BitmapEnd : Message;

/// <summary>The source has the union of both bitmaps on its medium. The target gives up its own lineage (I7).</summary>
internal sealed record SyncStart(Generation Current, long SizeBytes) : Message;

/// <summary>The target is durably inconsistent, and of the source's generation.</summary>
internal sealed record SyncReady : Message;

/// <summary>No bit is left.</summary>
internal sealed record SyncDone : Message;

/// <summary>The target is durably up to date.</summary>
internal sealed record SyncDoneAck : Message;

/// <summary>A change of the data: of the application, or of the resync. <paramref name="Payload"/> only for writes.</summary>
internal sealed record Write(long Id, BlockOperation Operation, long OffsetBytes, long LengthBytes, bool Durable, object? Payload) : Message;

internal sealed record WriteAck(long Id, BlockStatus Status) : Message;

/// <summary>Reads from the peer because the own medium has failed.</summary>
internal sealed record Read(long Id, long OffsetBytes, long LengthBytes) : Message;

internal sealed record ReadReply(long Id, BlockStatus Status, object? Payload) : Message;

/// <summary>Makes durable everything that was acknowledged before (I11).</summary>
internal sealed record Flush(long Id) : Message;

internal sealed record FlushAck(long Id, BlockStatus Status) : Message;

/// <summary>Asks whether the peer has the same data. One digest of 16 bytes per block.</summary>
internal sealed record Compare(long Id, long FirstBlock, int Blocks, ImmutableArray<byte> Digests) : Message;

/// <param name="Different">Bit i: block FirstBlock + i differs.</param>
internal sealed record CompareReply(long Id, BlockStatus Status, ulong Different) : Message;

/// <summary>The sender becomes primary, or stops being it. Becoming primary needs the peer's consent.</summary>
internal sealed record RoleChange(bool Primary) : Message;

internal sealed record RoleReply(bool Accepted) : Message;

/// <summary>I9: the sender knows of a higher term; whoever gets this must not acknowledge anything any more.</summary>
internal sealed record StaleTerm(ulong Known) : Message;

/// <summary>The primary's medium has failed: the peer's is the only one from now on.</summary>
internal sealed record DiskLost : Message;

/// <summary>A small named value that both nodes keep, such as the persistent reservations of a LUN.</summary>
/// <param name="Version">Grows with each change.</param>
internal sealed record Blob(long Id, string Name, long Version, ImmutableArray<byte> Content) : Message;

internal sealed record BlobAck(long Id, bool Stored) : Message;

internal sealed record Ping(long SentMs) : Message;

internal sealed record Pong(long SentMs) : Message;

/// <summary>One message on its way. Numbers are consecutive within a session: a lost or repeated frame ends the session.</summary>
internal sealed record Frame(long Number, ulong Term, Message Message);
