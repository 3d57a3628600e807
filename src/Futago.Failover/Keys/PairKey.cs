using System.Security.Cryptography;
using System.Text;

namespace Futago.Failover;

/// <summary>
/// The secret that the two nodes of a pair share since they were paired. It never leaves them: heartbeats are authenticated with a key
/// made from it, and a witness sees only the public half of another one.
/// </summary>
public sealed class PairKey
{
    public const int Bytes = 32;

    private readonly byte[] _key;

    /// <param name="key">32 random bytes; another length is an error.</param>
    public PairKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Bytes)
            throw new ArgumentException($"The key of a pair has {Bytes} bytes, not {key.Length}.", nameof(key));
        _key = key.ToArray();
    }

    public static PairKey Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>A key for one purpose; nothing about another one follows from it (RFC 5869).</summary>
    internal byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Bytes, info: Encoding.ASCII.GetBytes(purpose));

    /// <summary>The pair's identity towards witnesses: a key on P-256 that both nodes make from the secret.</summary>
    internal ECDiffieHellman WitnessIdentity()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Derive($"futago-witness-identity-{attempt}") });
            }
            catch (CryptographicException) when (attempt < 8)
            {
                // One number in 2^32 is not below the order of the curve.
            }
        }
    }

    /// <summary>Secrets do not print themselves.</summary>
    public override string ToString() => "(key of the pair)";
}
