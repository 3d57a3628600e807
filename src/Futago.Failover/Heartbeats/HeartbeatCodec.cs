using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Futago.Failover;

/// <summary>Bytes of a heartbeat, docs/protocol/heartbeat.md. Not thread-safe.</summary>
internal sealed class HeartbeatCodec(PairKey key, Guid pair, Guid node, Guid peer)
{
    public const int Bytes = 160;
    public const int Version = 1;

    /// <summary>Room for later versions; more is not read.</summary>
    public const int BytesMaximum = 512;

    private const int AuthenticatedBytes = Bytes - MacBytes;
    private const int MacBytes = 32;
    private const int VersionOffset = 2;
    private const int LengthOffset = 4;
    private const int PathOffset = 6;
    private const int StateOffset = 7;
    private const int PairOffset = 8;
    private const int NodeOffset = 24;
    private const int BootIdOffset = 40;
    private const int SequenceOffset = 48;
    private const int EchoBootIdOffset = 56;
    private const int EchoSequenceOffset = 64;
    private const int EchoHeldOffset = 72;
    private const int DataOffset = 74;
    private const int FlagsOffset = 75;
    private const int PathSequenceOffset = 76;
    private const int TermOffset = 80;
    private const int HighestOffset = 88;
    private const int DataTermOffset = 96;
    private const int PingsSeenOffset = 104;
    private const int AskOffset = 106;
    private const int AnswerOffset = 107;
    private const int AskIdOffset = 108;
    private const int AskTermOffset = 112;
    private const int AnswerIdOffset = 120;
    private const int ModeRevisionOffset = 124;

    private readonly byte[] _key = key.Derive("futago-heartbeat");

    [Flags]
    private enum Flag : byte
    {
        None = 0,
        Alone = 1,
        Yielded = 2,
        InSync = 4,
        PingOk = 8,
        Primary = 16,
        Running = 32,
        Maintenance = 64,
        All = 127,
    }

    /// <param name="to">At least <see cref="Bytes"/>.</param>
    public void Write(Heartbeat h, Span<byte> to)
    {
        to = to[..Bytes];
        "FH"u8.CopyTo(to);
        to[VersionOffset] = Version;
        to[VersionOffset + 1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(to[LengthOffset..], Bytes);
        to[PathOffset] = h.Path;
        to[StateOffset] = (byte)h.State;
        pair.TryWriteBytes(to[PairOffset..], bigEndian: true, out _);
        node.TryWriteBytes(to[NodeOffset..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(to[BootIdOffset..], h.BootId);
        BinaryPrimitives.WriteUInt64LittleEndian(to[SequenceOffset..], h.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(to[EchoBootIdOffset..], h.EchoBootId);
        BinaryPrimitives.WriteUInt64LittleEndian(to[EchoSequenceOffset..], h.EchoSequence);
        BinaryPrimitives.WriteUInt16LittleEndian(to[EchoHeldOffset..], h.EchoHeldMs);
        to[DataOffset] = (byte)h.Data;
        to[FlagsOffset] = (byte)FlagsOf(h);
        BinaryPrimitives.WriteUInt32LittleEndian(to[PathSequenceOffset..], h.PathSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(to[TermOffset..], h.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(to[HighestOffset..], h.Highest);
        BinaryPrimitives.WriteUInt64LittleEndian(to[DataTermOffset..], h.DataTerm);
        BinaryPrimitives.WriteUInt16LittleEndian(to[PingsSeenOffset..], h.PingsSeen);
        to[AskOffset] = (byte)h.Ask;
        to[AnswerOffset] = (byte)h.Answer;
        BinaryPrimitives.WriteUInt32LittleEndian(to[AskIdOffset..], h.AskId);
        BinaryPrimitives.WriteUInt64LittleEndian(to[AskTermOffset..], h.AskTerm);
        BinaryPrimitives.WriteUInt32LittleEndian(to[AnswerIdOffset..], h.AnswerId);
        BinaryPrimitives.WriteUInt32LittleEndian(to[ModeRevisionOffset..], h.Mode.Revision);
        HMACSHA256.HashData(_key, to[..AuthenticatedBytes], to[AuthenticatedBytes..]);
    }

    /// <param name="heartbeat">Of the peer, when the answer is <see cref="HeartbeatRead.Ok"/>; whether it is a new one is the session's business.</param>
    public HeartbeatRead Read(ReadOnlySpan<byte> from, out Heartbeat? heartbeat)
    {
        heartbeat = null;
        if (from.Length is < Bytes or > BytesMaximum || !from.StartsWith("FH"u8))
            return HeartbeatRead.NotOurs;
        // Before anything is believed. In every version the last 32 bytes authenticate all before them.
        Span<byte> mac = stackalloc byte[MacBytes];
        HMACSHA256.HashData(_key, from[..^MacBytes], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, from[^MacBytes..]))
            return HeartbeatRead.NotAuthentic;
        if (from[VersionOffset] != Version)
            return HeartbeatRead.OtherVersion;
        if (from.Length != Bytes || BinaryPrimitives.ReadUInt16LittleEndian(from[LengthOffset..]) != Bytes)
            return HeartbeatRead.Malformed;
        if (new Guid(from.Slice(PairOffset, 16), bigEndian: true) != pair || new Guid(from.Slice(NodeOffset, 16), bigEndian: true) != peer)
            return HeartbeatRead.OtherSender;
        var flags = (Flag)from[FlagsOffset];
        var read = new Heartbeat
        {
            BootId = BinaryPrimitives.ReadUInt64LittleEndian(from[BootIdOffset..]),
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(from[SequenceOffset..]),
            EchoBootId = BinaryPrimitives.ReadUInt64LittleEndian(from[EchoBootIdOffset..]),
            EchoSequence = BinaryPrimitives.ReadUInt64LittleEndian(from[EchoSequenceOffset..]),
            EchoHeldMs = BinaryPrimitives.ReadUInt16LittleEndian(from[EchoHeldOffset..]),
            Path = from[PathOffset],
            PathSequence = BinaryPrimitives.ReadUInt32LittleEndian(from[PathSequenceOffset..]),
            State = (NodeState)from[StateOffset],
            Term = BinaryPrimitives.ReadUInt64LittleEndian(from[TermOffset..]),
            Highest = BinaryPrimitives.ReadUInt64LittleEndian(from[HighestOffset..]),
            DataTerm = BinaryPrimitives.ReadUInt64LittleEndian(from[DataTermOffset..]),
            Alone = flags.HasFlag(Flag.Alone),
            Yielded = flags.HasFlag(Flag.Yielded),
            Data = (DataState)from[DataOffset],
            InSync = flags.HasFlag(Flag.InSync),
            PingOk = flags.HasFlag(Flag.PingOk),
            PingsSeen = BinaryPrimitives.ReadUInt16LittleEndian(from[PingsSeenOffset..]),
            IsPrimary = flags.HasFlag(Flag.Primary),
            Mode = new PairMode(BinaryPrimitives.ReadUInt32LittleEndian(from[ModeRevisionOffset..]), flags.HasFlag(Flag.Running), flags.HasFlag(Flag.Maintenance)),
            Ask = (AskKind)from[AskOffset],
            AskTerm = BinaryPrimitives.ReadUInt64LittleEndian(from[AskTermOffset..]),
            AskId = BinaryPrimitives.ReadUInt32LittleEndian(from[AskIdOffset..]),
            AnswerId = BinaryPrimitives.ReadUInt32LittleEndian(from[AnswerIdOffset..]),
            Answer = (AskAnswer)from[AnswerOffset],
        };
        if (!IsWellFormed(read) || (flags & ~Flag.All) != 0 || from[VersionOffset + 1] != 0)
            return HeartbeatRead.Malformed;
        heartbeat = read;
        return HeartbeatRead.Ok;
    }

    private static Flag FlagsOf(Heartbeat h) =>
        (h.Alone ? Flag.Alone : 0) | (h.Yielded ? Flag.Yielded : 0) | (h.InSync ? Flag.InSync : 0) | (h.PingOk ? Flag.PingOk : 0)
        | (h.IsPrimary ? Flag.Primary : 0) | (h.Mode.Running ? Flag.Running : 0) | (h.Mode.Maintenance ? Flag.Maintenance : 0);

    private static bool IsWellFormed(Heartbeat h) =>
        h is { BootId: not 0, Sequence: not 0, PathSequence: not 0, Path: < 8 }
        && h.State <= NodeState.Stopping && h.Data <= DataState.UpToDate && h.Ask <= AskKind.TakeOver && h.Answer <= AskAnswer.No
        // A term that leaves no room for the next one is nobody's: 2^63 takeovers do not happen.
        && (h.Term | h.Highest | h.DataTerm | h.AskTerm) <= long.MaxValue && h.Highest >= h.Term;
}
