using System.Security.Cryptography;
using System.Text;

namespace Futago.Failover;

/// <summary>
/// Keys of one connection. Both sides make the same ones from their own private and the other's public key, and from a fresh nonce of
/// each: nobody else can, and nothing of another connection fits. One key for each direction.
/// </summary>
internal sealed record WitnessSecrets(byte[] ToWitness, byte[] ToNode)
{
    /// <exception cref="CryptographicException">The public key is no point of the curve.</exception>
    public static WitnessSecrets Agree(ECDiffieHellman mine, ReadOnlySpan<byte> theirPublicKey, ReadOnlySpan<byte> nodeNonce, ReadOnlySpan<byte> witnessNonce)
    {
        using var theirs = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = theirPublicKey[..32].ToArray(), Y = theirPublicKey[32..].ToArray() },
        });
        using var publicKey = theirs.PublicKey;
        var secret = mine.DeriveRawSecretAgreement(publicKey);
        byte[] salt = [.. nodeNonce, .. witnessNonce];
        return new WitnessSecrets(Expand("futago-witness-1 node to witness"), Expand("futago-witness-1 witness to node"));

        byte[] Expand(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, salt, Encoding.ASCII.GetBytes(purpose));
    }

    /// <summary>x and y, 64 bytes.</summary>
    public static byte[] PublicKeyOf(ECDiffieHellman key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return [.. q.X!, .. q.Y!];
    }
}
