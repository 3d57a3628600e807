using System.Security.Cryptography;

namespace Futago.Iscsi.Login;

/// <summary>CHAP digests by their IANA numbers (RFC 7143 section 12.1.3 and the iSCSI registry), strongest first.</summary>
internal sealed record ChapAlgorithm(string Number, int DigestLength, Func<byte[], byte[]> Hash)
{
    // MD5 is what RFC 1994 defines and the only one that many initiators have; stronger ones are chosen whenever offered.
#pragma warning disable CA5351
    private static readonly ChapAlgorithm _md5 = new("5", MD5.HashSizeInBytes, MD5.HashData);
#pragma warning restore CA5351
    private static readonly ChapAlgorithm _sha256 = new("7", SHA256.HashSizeInBytes, SHA256.HashData);

    public static IReadOnlyList<ChapAlgorithm> Supported { get; } = SHA3_256.IsSupported
        ? [new("8", SHA3_256.HashSizeInBytes, SHA3_256.HashData), _sha256, _md5]
        : [_sha256, _md5];

    /// <param name="offered">The initiator's CHAP_A: numbers with commas.</param>
    /// <returns>The strongest that both know, or null.</returns>
    public static ChapAlgorithm? Choose(string offered)
    {
        var numbers = offered.Split(',');
        return Supported.FirstOrDefault(a => numbers.Contains(a.Number, StringComparer.Ordinal));
    }

    /// <summary>RFC 1994 section 4.1: digest over identifier, secret and challenge.</summary>
    public byte[] Respond(byte identifier, byte[] secret, byte[] challenge)
    {
        var input = new byte[1 + secret.Length + challenge.Length];
        input[0] = identifier;
        secret.CopyTo(input, 1);
        challenge.CopyTo(input, 1 + secret.Length);
        try
        {
            return Hash(input);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }
    }
}
