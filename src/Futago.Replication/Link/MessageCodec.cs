using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Messages to bytes and back. Payloads travel behind the body and are not touched here.</summary>
internal static class MessageCodec
{
    public static (MessageType Type, Payload? Payload) Write(Message message, ref BodyWriter to)
    {
        switch (message)
        {
            case Hello m: return (WriteHello(m, ref to), null);
            case Ready: return (MessageType.Ready, null);
            case BitmapPart m:
                to.Int32(m.Page);
                to.Raw(MemoryMarshal.AsBytes(m.Words.AsSpan()));
                return (MessageType.BitmapPart, null);
            case BitmapEnd: return (MessageType.BitmapEnd, null);
            case SyncStart m:
                to.UInt64(m.Current.Value);
                to.Int64(m.SizeBytes);
                return (MessageType.SyncStart, null);
            case SyncReady: return (MessageType.SyncReady, null);
            case SyncDone: return (MessageType.SyncDone, null);
            case SyncDoneAck: return (MessageType.SyncDoneAck, null);
            case Write m:
                to.Int64(m.Id);
                to.Byte((byte)m.Operation);
                to.Int64(m.OffsetBytes);
                to.Int64(m.LengthBytes);
                to.Flag(m.Durable);
                return (MessageType.Write, (Payload?)m.Payload);
            case WriteAck m: return (WriteAnswer(MessageType.WriteAck, m.Id, m.Status, ref to), null);
            case Read m:
                to.Int64(m.Id);
                to.Int64(m.OffsetBytes);
                to.Int64(m.LengthBytes);
                return (MessageType.Read, null);
            case ReadReply m: return (WriteAnswer(MessageType.ReadReply, m.Id, m.Status, ref to), (Payload?)m.Payload);
            case Flush m:
                to.Int64(m.Id);
                return (MessageType.Flush, null);
            case FlushAck m: return (WriteAnswer(MessageType.FlushAck, m.Id, m.Status, ref to), null);
            case Compare m:
                to.Int64(m.Id);
                to.Int64(m.FirstBlock);
                to.Int32(m.Blocks);
                to.Raw(m.Digests.AsSpan());
                return (MessageType.Compare, null);
            case CompareReply m:
                WriteAnswer(MessageType.CompareReply, m.Id, m.Status, ref to);
                to.UInt64(m.Different);
                return (MessageType.CompareReply, null);
            case RoleChange m:
                to.Flag(m.Primary);
                return (MessageType.RoleChange, null);
            case RoleReply m:
                to.Flag(m.Accepted);
                return (MessageType.RoleReply, null);
            case StaleTerm m:
                to.UInt64(m.Known);
                return (MessageType.StaleTerm, null);
            case DiskLost: return (MessageType.DiskLost, null);
            case Blob m:
                to.Int64(m.Id);
                to.Int64(m.Version);
                to.Int32(Encoding.UTF8.GetByteCount(m.Name));
                to.Raw(Encoding.UTF8.GetBytes(m.Name));
                to.Raw(m.Content.AsSpan());
                return (MessageType.Blob, null);
            case BlobAck m:
                to.Int64(m.Id);
                to.Flag(m.Stored);
                return (MessageType.BlobAck, null);
            case Ping m:
                to.Int64(m.SentMs);
                return (MessageType.Ping, null);
            case Pong m:
                to.Int64(m.SentMs);
                return (MessageType.Pong, null);
            default: throw new ArgumentException($"{message.GetType().Name} has no form on the wire", nameof(message));
        }
    }

    /// <summary>What travels behind the body.</summary>
    public static Payload? PayloadOf(Message message) => message switch
    {
        Write m => (Payload?)m.Payload,
        ReadReply m => (Payload?)m.Payload,
        _ => null,
    };

    /// <returns>Null when the body is not exactly what the type says.</returns>
    public static Message? TryRead(MessageType type, ReadOnlySpan<byte> body, Payload? payload)
    {
        var from = new BodyReader(body);
        var message = Read(type, ref from, payload);
        return from.IsComplete ? message : null;
    }

    private static Message? Read(MessageType type, ref BodyReader from, Payload? payload) => type switch
    {
        MessageType.Hello => ReadHello(ref from),
        MessageType.Ready => new Ready(),
        MessageType.BitmapPart => new BitmapPart(from.Int32(), ImmutableArray.Create(MemoryMarshal.Cast<byte, ulong>(from.Raw(DirtyMap.WordsPerPage * 8)))),
        MessageType.BitmapEnd => new BitmapEnd(),
        MessageType.SyncStart => new SyncStart(new Generation(from.UInt64()), from.Int64()),
        MessageType.SyncReady => new SyncReady(),
        MessageType.SyncDone => new SyncDone(),
        MessageType.SyncDoneAck => new SyncDoneAck(),
        MessageType.Write => ReadWrite(ref from, payload),
        MessageType.WriteAck => new WriteAck(from.Int64(), Status(ref from)),
        MessageType.Read => new Read(from.Int64(), from.Int64(), from.Int64()),
        MessageType.ReadReply => new ReadReply(from.Int64(), Status(ref from), payload),
        MessageType.Flush => new Flush(from.Int64()),
        MessageType.FlushAck => new FlushAck(from.Int64(), Status(ref from)),
        MessageType.Compare => ReadCompare(ref from),
        MessageType.CompareReply => new CompareReply(from.Int64(), Status(ref from), from.UInt64()),
        MessageType.RoleChange => new RoleChange(from.Flag()),
        MessageType.RoleReply => new RoleReply(from.Flag()),
        MessageType.StaleTerm => new StaleTerm(from.UInt64()),
        MessageType.DiskLost => new DiskLost(),
        MessageType.Blob => ReadBlob(ref from),
        MessageType.BlobAck => new BlobAck(from.Int64(), from.Flag()),
        MessageType.Ping => new Ping(from.Int64()),
        MessageType.Pong => new Pong(from.Int64()),
        _ => null,
    };

    private static MessageType WriteHello(Hello m, ref BodyWriter to)
    {
        to.Guid(m.ReplicationId);
        to.Guid(m.NodeId);
        to.UInt64(m.Term);
        to.Flag(m.Primary);
        to.Int64(m.DeviceBytes);
        to.Int64(m.SizeBytes);
        to.UInt64(m.Current.Value);
        WriteGenerations(m.Bases, ref to);
        WriteGenerations(m.History, ref to);
        to.Flag(m.Inconsistent);
        to.Flag(m.Outdated);
        to.Flag(m.HasDisk);
        to.Flag(m.Crashed);
        to.Flag(m.KeptRunning);
        to.Int64(m.DirtyBlocks);
        to.Flag(m.Yields);
        return MessageType.Hello;
    }

    private static Hello ReadHello(ref BodyReader from) => new(
        from.Guid(), from.Guid(), from.UInt64(), from.Flag(), from.Int64(), from.Int64(), new Generation(from.UInt64()),
        ReadGenerations(ref from), ReadGenerations(ref from),
        from.Flag(), from.Flag(), from.Flag(), from.Flag(), from.Flag(), from.Int64(), from.Flag());

    private static void WriteGenerations(ImmutableArray<Generation> list, ref BodyWriter to)
    {
        to.Byte((byte)list.Length);
        foreach (var generation in list)
            to.UInt64(generation.Value);
    }

    private static ImmutableArray<Generation> ReadGenerations(ref BodyReader from)
    {
        var list = ImmutableArray.CreateBuilder<Generation>();
        for (int left = from.Byte(); left > 0; left--)
            list.Add(new Generation(from.UInt64()));
        return list.ToImmutable();
    }

    private static MessageType WriteAnswer(MessageType type, long id, BlockStatus status, ref BodyWriter to)
    {
        to.Int64(id);
        to.Byte((byte)status);
        return type;
    }

    private static BlockStatus Status(ref BodyReader from) => from.Byte() is var b && b <= (byte)BlockStatus.ReadOnly ? (BlockStatus)b : BlockStatus.Offline;

    /// <summary>The payload is as long as the message says, or the message is none.</summary>
    private static Write? ReadWrite(ref BodyReader from, Payload? payload)
    {
        var write = new Write(from.Int64(), (BlockOperation)from.Byte(), from.Int64(), from.Int64(), from.Flag(), payload);
        var expected = write.Operation == BlockOperation.Write ? write.LengthBytes : 0;
        return (payload?.Length ?? 0) == expected ? write : null;
    }

    private static Compare ReadCompare(ref BodyReader from)
    {
        var (id, first, blocks) = (from.Int64(), from.Int64(), from.Int32());
        return new Compare(id, first, blocks, ImmutableArray.Create(from.Raw(from.Remaining)));
    }

    private static Blob ReadBlob(ref BodyReader from)
    {
        var (id, version) = (from.Int64(), from.Int64());
        var name = Encoding.UTF8.GetString(from.Raw(from.Int32()));
        return new Blob(id, name, version, ImmutableArray.Create(from.Raw(from.Remaining)));
    }
}
