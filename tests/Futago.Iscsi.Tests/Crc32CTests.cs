using Futago.Iscsi.Digest;

namespace Futago.Iscsi.Tests;

/// <summary>Test vectors of RFC 7143 appendix A.4 (and RFC 3720 B.4), values as numbers.</summary>
public sealed class Crc32CTests
{
    public static TheoryData<byte[], uint> Vectors() => new()
    {
        { new byte[32], 0x8A9136AA },
        { Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43 },
        { Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x46DD794E },
        { Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray(), 0x113FDB5C },
        { "123456789"u8.ToArray(), 0xE3069283 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Compute_TestVectors_AreRight(byte[] data, uint expected) => Assert.Equal(expected, Crc32C.Compute(data));

    [Fact]
    public void Append_InPieces_EqualsTheWhole()
    {
        var data = new byte[1000];
        new Random(5).NextBytes(data);

        var running = Crc32C.Seed;
        for (var i = 0; i < data.Length; i += 7)
            running = Crc32C.Append(running, data.AsSpan(i, Math.Min(7, data.Length - i)));

        Assert.Equal(Crc32C.Compute(data), Crc32C.Finish(running));
    }
}
