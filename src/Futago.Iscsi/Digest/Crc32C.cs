using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Futago.Iscsi.Digest;

/// <summary>
/// CRC32C (Castagnoli), RFC 7143 section 13.1, by the processor's instruction. On the wire the four bytes stand in little-endian
/// order of the final value.
/// </summary>
internal static class Crc32C
{
    public const int Length = 4;

    /// <summary>Start of a running value for <see cref="Append"/>.</summary>
    public const uint Seed = 0xFFFFFFFF;

    public static uint Compute(ReadOnlySpan<byte> data) => Finish(Append(Seed, data));

    public static uint Finish(uint running) => ~running;

    public static uint Append(uint running, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        running = Sse42.X64.IsSupported ? AppendSse42(running, words) : AppendPortable(running, words);
        foreach (var b in data[(words.Length * sizeof(ulong))..])
            running = BitOperations.Crc32C(running, b);
        return running;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint AppendSse42(uint running, ReadOnlySpan<ulong> words)
    {
        ulong crc = running;
        foreach (var word in words)
            crc = Sse42.X64.Crc32(crc, word);
        return (uint)crc;
    }

    private static uint AppendPortable(uint running, ReadOnlySpan<ulong> words)
    {
        foreach (var word in words)
            running = BitOperations.Crc32C(running, word);
        return running;
    }
}
