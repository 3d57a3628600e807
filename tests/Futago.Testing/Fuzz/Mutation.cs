namespace Futago.Testing.Fuzz;

/// <summary>Small damage to well-formed input: the kind that gets past the first check.</summary>
public static class Mutation
{
    /// <summary>Values at the edges of what fields hold.</summary>
    private static readonly byte[] _edges = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF];

    /// <summary>Changes up to four bytes in place; now and then a field of two, four or eight bytes becomes all ones or all zeros.</summary>
    public static void Apply(Span<byte> bytes, Random random)
    {
        if (bytes.Length == 0)
            return;
        for (var i = random.Next(4); i >= 0; i--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = _edges[random.Next(_edges.Length)];
                    break;
                case 3:
                    bytes[at] += (byte)(random.Next(3) - 1);
                    break;
                default:
                    var length = Math.Min(1 << random.Next(1, 4), bytes.Length - at);
                    bytes.Slice(at, length).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                    break;
            }
        }
    }

    /// <summary>As long as it is, shorter, or with something behind it.</summary>
    public static byte[] Resize(byte[] bytes, Random random) => random.Next(6) switch
    {
        0 => bytes[..random.Next(bytes.Length + 1)],
        1 => [.. bytes, .. Random(random.Next(64), random)],
        _ => bytes,
    };

    public static byte[] Random(int length, Random random)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
