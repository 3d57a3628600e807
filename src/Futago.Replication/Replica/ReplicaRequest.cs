using Futago.Blocks;

namespace Futago.Replication;

/// <summary>A request of the application on its way through the mirror.</summary>
internal class ReplicaRequest : RangeClaim
{
    public ReplicaRequest(BlockOperation operation, long offsetBytes, long lengthBytes, object? payload, bool durable)
    {
        Operation = operation;
        OffsetBytes = offsetBytes;
        LengthBytes = lengthBytes;
        Payload = payload;
        Durable = durable;
        FirstBlock = offsetBytes / DirtyMap.BlockBytes;
        LastBlock = (offsetBytes + Math.Max(lengthBytes, 1) - 1) / DirtyMap.BlockBytes;
        Exclusive = operation != BlockOperation.Read;
    }

    public BlockOperation Operation { get; }

    public long OffsetBytes { get; }

    public long LengthBytes { get; }

    public object? Payload { get; }

    public bool Durable { get; }

    public bool IsChange => Operation is not (BlockOperation.Read or BlockOperation.Flush);

    /// <summary>Names it while it is issued, here and on the link.</summary>
    public long Id { get; set; }

    /// <summary>When it was sent, for the limit on a peer that does not finish.</summary>
    public long IssuedMs { get; set; }

    public bool LocalPending { get; set; }

    public bool PeerPending { get; set; }

    /// <summary>It was sent to the peer.</summary>
    public bool Mirrored { get; set; }

    /// <summary>The link was lost before the peer had answered: it is issued once more when there is a way to go on.</summary>
    public bool Orphaned { get; set; }

    /// <summary>Holds users of the activity log.</summary>
    public bool Active { get; set; }

    /// <summary>Nobody waits for it any more than for its memory: it ends with Offline.</summary>
    public bool Aborted { get; set; }

    public BlockStatus Status { get; set; } = BlockStatus.Ok;

    /// <summary>Not 0: the write is the peer's, whose own medium has failed; the number that it gave it.</summary>
    public long PeerId { get; init; }

    public bool IsIssued => LocalPending || PeerPending;
}
