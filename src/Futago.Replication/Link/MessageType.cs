namespace Futago.Replication;

/// <summary>Types on the wire: never renumbered, only added; a golden test holds them.</summary>
internal enum MessageType : byte
{
    Hello = 1,
    Ready = 2,
    BitmapPart = 3,
    BitmapEnd = 4,
    SyncStart = 5,
    SyncReady = 6,
    SyncDone = 7,
    SyncDoneAck = 8,
    Write = 9,
    WriteAck = 10,
    Read = 11,
    ReadReply = 12,
    Flush = 13,
    FlushAck = 14,
    Compare = 15,
    CompareReply = 16,
    RoleChange = 17,
    RoleReply = 18,
    StaleTerm = 19,
    DiskLost = 20,
    Blob = 21,
    BlobAck = 22,
    Ping = 23,
    Pong = 24,
}
