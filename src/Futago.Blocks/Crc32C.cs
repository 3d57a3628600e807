using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Futago.Blocks;

/// <summary>
/// CRC-32C (Castagnoli), RFC 7143 section 13.1, in the processor's own instruction. Each such instruction waits for the one before, three
/// cycles long; so long data is taken as three pieces side by side, whose values are put together afterwards. Where the four bytes are
/// stored or sent, they stand in little-endian order.
/// </summary>
public static class Crc32C
{
    /// <summary>In bytes.</summary>
    public const int Length = 4;

    /// <summary>Start of a running value for <see cref="Append"/>.</summary>
    public const uint Seed = 0xFFFFFFFF;

    private const int LaneBytes = 4096;
    private const int LaneWords = LaneBytes / sizeof(ulong);

    /// <summary>What a running value becomes by as many zero bytes as a lane has: by byte of the value, then by what that byte is.</summary>
    private static readonly uint[] BehindLane = MakeBehindLane();

    public static uint Compute(ReadOnlySpan<byte> data) => Finish(Append(Seed, data));

    /// <summary>The value of all that was appended.</summary>
    public static uint Finish(uint running) => ~running;

    /// <summary>Continues a running value, which is not yet the value of what it has seen.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= 3 * LaneBytes; data = data[(3 * LaneBytes)..])
            crc = AppendLanes(crc, MemoryMarshal.Cast<byte, ulong>(data[..(3 * LaneBytes)]));
        return AppendOne(crc, data);
    }

    /// <summary>
    /// The running value is linear in what it began with and in the data (over GF(2)): that of A, B and C behind each other is that of
    /// A, moved past B and C, plus that of B begun with zero, moved past C, plus that of C begun with zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint AppendLanes(uint crc, ReadOnlySpan<ulong> words)
    {
        var a = words[..LaneWords];
        var b = words.Slice(LaneWords, LaneWords);
        var c = words.Slice(2 * LaneWords, LaneWords);
        var (ofA, ofB, ofC) = (crc, 0u, 0u);
        for (var i = 0; i < LaneWords; i++)
        {
            ofA = BitOperations.Crc32C(ofA, a[i]);
            ofB = BitOperations.Crc32C(ofB, b[i]);
            ofC = BitOperations.Crc32C(ofC, c[i]);
        }
        return MovePastLane(MovePastLane(ofA) ^ ofB) ^ ofC;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint AppendOne(uint crc, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var b in data[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    private static uint MovePastLane(uint crc) =>
        BehindLane[crc & 0xFF] ^ BehindLane[256 + (crc >> 8 & 0xFF)] ^ BehindLane[512 + (crc >> 16 & 0xFF)] ^ BehindLane[768 + (crc >> 24)];

    private static uint[] MakeBehindLane()
    {
        var table = new uint[4 * 256];
        var zeros = new byte[LaneBytes];
        for (var bit = 0; bit < 32; bit++)
        {
            var (start, of) = (bit / 8 * 256, 1 << bit % 8);
            var moved = AppendOne(1u << bit, zeros);
            // Linear: each entry is the sum of those of its bits.
            for (var value = 0; value < of; value++)
                table[start + of + value] = table[start + value] ^ moved;
        }
        return table;
    }
}
