using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Futago.Failover;

/// <summary>Bytes of the witness protocol, docs/protocol/witness.md: every message has one fixed length, so none is announced.</summary>
internal static class WitnessMessages
{
    public const int Version = 1;
    public const int NonceBytes = 16;
    public const int PublicKeyBytes = 64;
    public const int HelloBytes = 116;
    public const int WelcomeBytes = 120;
    public const int RequestBytes = 64;
    public const int ReplyBytes = 72;
    public const int MacBytes = 32;

    private const int HeaderBytes = 4;
    private const int TypeOffset = 3;
    private const byte AloneFlag = 1;
    private const byte ServesFlag = 2;

    public static byte[] WriteHello(WitnessHello hello)
    {
        var to = Start(HelloBytes, WitnessMessageType.Hello);
        hello.Pair.TryWriteBytes(to.AsSpan(4), bigEndian: true, out _);
        hello.Node.TryWriteBytes(to.AsSpan(20), bigEndian: true, out _);
        hello.Nonce.CopyTo(to, 36);
        hello.PublicKey.CopyTo(to, 52);
        return to;
    }

    /// <returns>Null: of something else, or without names.</returns>
    public static WitnessHello? ReadHello(ReadOnlySpan<byte> from)
    {
        if (!Is(from, WitnessMessageType.Hello, HelloBytes))
            return null;
        var hello = new WitnessHello(
            new Guid(from.Slice(4, 16), bigEndian: true), new Guid(from.Slice(20, 16), bigEndian: true), from.Slice(36, NonceBytes).ToArray(), from[52..].ToArray());
        return hello.Pair == Guid.Empty || hello.Node == Guid.Empty ? null : hello;
    }

    public static bool IsHelloOfOtherVersion(ReadOnlySpan<byte> from) => from.Length >= HeaderBytes && from.StartsWith("FW"u8) && from[2] != Version;

    public static byte[] WriteWelcome(WelcomeStatus status, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> nonce)
    {
        var to = Start(WelcomeBytes, WitnessMessageType.Welcome);
        to[4] = (byte)status;
        publicKey.CopyTo(to.AsSpan(8));
        nonce.CopyTo(to.AsSpan(72));
        return to;
    }

    public static bool ReadWelcome(ReadOnlySpan<byte> from, out WelcomeStatus status, out byte[] publicKey, out byte[] nonce)
    {
        (status, publicKey, nonce) = (default, [], []);
        if (!Is(from, WitnessMessageType.Welcome, WelcomeBytes))
            return false;
        (status, publicKey, nonce) = ((WelcomeStatus)from[4], from.Slice(8, PublicKeyBytes).ToArray(), from.Slice(72, NonceBytes).ToArray());
        return true;
    }

    public static byte[] WriteRequest(uint number, WitnessRequest request, ReadOnlySpan<byte> key)
    {
        var to = Start(RequestBytes, WitnessMessageType.Request);
        BinaryPrimitives.WriteUInt32LittleEndian(to.AsSpan(4), number);
        to[8] = (byte)request.Operation;
        to[9] = (byte)((request.Alone ? AloneFlag : 0) | (request.Serves ? ServesFlag : 0));
        BinaryPrimitives.WriteInt32LittleEndian(to.AsSpan(12), request.LeaseMs);
        BinaryPrimitives.WriteUInt64LittleEndian(to.AsSpan(16), request.ExpectedTerm);
        BinaryPrimitives.WriteUInt64LittleEndian(to.AsSpan(24), request.Term);
        Seal(to, key);
        return to;
    }

    /// <param name="number">The one that has to come next.</param>
    /// <returns>Null: not authentic, not the next one, or with a value that does not exist; the connection ends.</returns>
    public static WitnessRequest? ReadRequest(ReadOnlySpan<byte> from, uint number, Guid node, ReadOnlySpan<byte> key)
    {
        if (!Is(from, WitnessMessageType.Request, RequestBytes) || !IsSealed(from, key) || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != number)
            return null;
        var operation = (WitnessOperation)from[8];
        var leaseMs = BinaryPrimitives.ReadInt32LittleEndian(from[12..]);
        var expected = BinaryPrimitives.ReadUInt64LittleEndian(from[16..]);
        var term = BinaryPrimitives.ReadUInt64LittleEndian(from[24..]);
        if (operation is < WitnessOperation.Query or > WitnessOperation.Release || (from[9] & ~(AloneFlag | ServesFlag)) != 0
            || leaseMs is < 1 or > WitnessRequest.LeaseMaximumMs || (expected | term) > long.MaxValue)
            return null;
        return new WitnessRequest(node, operation, expected, term, (from[9] & AloneFlag) != 0, (from[9] & ServesFlag) != 0, leaseMs);
    }

    public static byte[] WriteReply(uint number, WitnessReply reply, ReadOnlySpan<byte> key)
    {
        var to = Start(ReplyBytes, WitnessMessageType.Reply);
        BinaryPrimitives.WriteUInt32LittleEndian(to.AsSpan(4), number);
        to[8] = (byte)reply.Result;
        to[9] = reply.Alone ? AloneFlag : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(to.AsSpan(12), reply.RemainingMs);
        BinaryPrimitives.WriteUInt64LittleEndian(to.AsSpan(16), reply.Term);
        reply.Holder.TryWriteBytes(to.AsSpan(24), bigEndian: true, out _);
        Seal(to, key);
        return to;
    }

    /// <returns>Null: not the authentic answer to this request.</returns>
    public static WitnessReply? ReadReply(ReadOnlySpan<byte> from, uint number, ReadOnlySpan<byte> key)
    {
        if (!Is(from, WitnessMessageType.Reply, ReplyBytes) || !IsSealed(from, key) || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != number)
            return null;
        var result = (WitnessResult)from[8];
        var remainingMs = BinaryPrimitives.ReadInt32LittleEndian(from[12..]);
        if (result is < WitnessResult.Done or > WitnessResult.Full || remainingMs is < 0 or > WitnessRequest.LeaseMaximumMs)
            return null;
        return new WitnessReply(result, BinaryPrimitives.ReadUInt64LittleEndian(from[16..]), new Guid(from.Slice(24, 16), bigEndian: true), (from[9] & AloneFlag) != 0, remainingMs);
    }

    public static void Seal(Span<byte> message, ReadOnlySpan<byte> key) => HMACSHA256.HashData(key, message[..^MacBytes], message[^MacBytes..]);

    public static bool IsSealed(ReadOnlySpan<byte> message, ReadOnlySpan<byte> key)
    {
        Span<byte> mac = stackalloc byte[MacBytes];
        HMACSHA256.HashData(key, message[..^MacBytes], mac);
        return CryptographicOperations.FixedTimeEquals(mac, message[^MacBytes..]);
    }

    private static byte[] Start(int length, WitnessMessageType type)
    {
        var to = new byte[length];
        "FW"u8.CopyTo(to);
        to[2] = Version;
        to[TypeOffset] = (byte)type;
        return to;
    }

    private static bool Is(ReadOnlySpan<byte> from, WitnessMessageType type, int length) =>
        from.Length == length && from.StartsWith("FW"u8) && from[2] == Version && from[TypeOffset] == (byte)type;
}
