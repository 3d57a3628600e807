using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.Console.Security;

namespace Futago.Console.Pairing;

/// <summary>
/// The certificate that this console shows to its peer, and by which the peer knows it. Not the one that browsers see: that one
/// expires and may be replaced by an administrator, and neither must break a pair.
/// </summary>
public sealed class PeerCertificate
{
    private const string FileName = "peer.pem";

    // RFC 5280 section 4.1.2.5: the date of a certificate that has no well-defined end. Trust ends with the pair.
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private PeerCertificate(X509Certificate2 certificate)
    {
        Certificate = certificate;
        Fingerprint = FingerprintOf(certificate);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256, 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint { get; }

    public static string FingerprintOf(X509Certificate certificate) => Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));

    public static PeerCertificate LoadOrCreate(DataDirectory directory, TimeProvider time)
    {
        var path = directory.PathOf(FileName);
        if (!File.Exists(path))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=futago-console", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
                [new Oid("1.3.6.1.5.5.7.3.1", "serverAuth"), new Oid("1.3.6.1.5.5.7.3.2", "clientAuth")], false));
            using var made = request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), Never);
            directory.Write(FileName, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        }
        try
        {
            return new PeerCertificate(X509Certificate2.CreateFromPemFile(path, path));
        }
        catch (CryptographicException e)
        {
            throw new StartupException($"The certificate {path} cannot be read ({e.Message}). Delete the file to have a new one made; the node must then be paired again.");
        }
    }
}
