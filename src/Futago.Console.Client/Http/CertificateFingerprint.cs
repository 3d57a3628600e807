using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Futago.Console.Client.Http;

/// <summary>SHA-256 of a DER-encoded certificate: 64 hexadecimal digits, written with or without colons.</summary>
public sealed class CertificateFingerprint
{
    private readonly byte[] _hash;

    private CertificateFingerprint(byte[] hash) => _hash = hash;

    public static bool TryParse(string? text, [NotNullWhen(true)] out CertificateFingerprint? fingerprint)
    {
        fingerprint = null;
        var digits = (text ?? "").Trim().Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != SHA256.HashSizeInBytes * 2 || !digits.All(char.IsAsciiHexDigit))
            return false;
        fingerprint = new CertificateFingerprint(Convert.FromHexString(digits));
        return true;
    }

    public bool Matches(X509Certificate certificate) =>
        CryptographicOperations.FixedTimeEquals(_hash, certificate.GetCertHash(HashAlgorithmName.SHA256));

    public override string ToString() => Convert.ToHexStringLower(_hash);
}
