namespace Futago.Blocks.Tests;

/// <summary>The test patterns of RFC 7143 appendix A.4, and data long enough for the way of several pieces, against the definition bit by bit.</summary>
public sealed class Crc32CTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(12287)]
    [InlineData(12288)]
    [InlineData(12289)]
    [InlineData(36864)]
    [InlineData(100_003)]
    public void Compute_AnyLength_IsWhatTheDefinitionSays(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);

        Assert.Equal(ByDefinition(data), Crc32C.Compute(data));
    }

    [Fact]
    public void Append_InPieces_IsTheWhole()
    {
        var data = new byte[70_000];
        new Random(1).NextBytes(data);
        var crc = Crc32C.Seed;
        for (var (at, piece) = (0, 1); at < data.Length; at += piece, piece = piece * 3 + 1)
            crc = Crc32C.Append(crc, data.AsSpan(at, Math.Min(piece, data.Length - at)));

        Assert.Equal(Crc32C.Compute(data), Crc32C.Finish(crc));
    }

    public static TheoryData<byte[], uint> Patterns() => new()
    {
        { new byte[32], 0x8A9136AA },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794E },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113FDB5C },
        { "123456789"u8.ToArray(), 0xE3069283 },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Compute_TestPatterns_AreRight(byte[] data, uint expected) => Assert.Equal(expected, Crc32C.Compute(data));

    private static uint ByDefinition(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
