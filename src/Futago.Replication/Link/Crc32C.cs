using System.Numerics;
using System.Runtime.InteropServices;

namespace Futago.Replication;

/// <summary>CRC-32C (Castagnoli), as in RFC 7143 section 13.1, in the processor's own instruction.</summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> data) => ~Append(uint.MaxValue, data);

    /// <summary>Continues a running value that began with all ones and is inverted at the end.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var b in data[(words.Length * 8)..])
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
