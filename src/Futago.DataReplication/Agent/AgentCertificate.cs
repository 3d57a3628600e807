using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.Volumes.Linux;

namespace Futago.DataReplication.Agent;

/// <summary>
/// The agent's certificate: self-signed, made once, kept in one PEM file that only root can read. Sources pin its fingerprint, so it
/// neither expires soon nor changes by itself; deleting the file makes a new one.
/// </summary>
public static class AgentCertificate
{
    private const int ValidYears = 30;

    /// <exception cref="CryptographicException">The file is there but is not a certificate with its key.</exception>
    public static X509Certificate2 LoadOrCreate(string path, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=futago data replication agent", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            var now = time.GetUtcNow();
            using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears));
            var pem = made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
            DurableFile.Replace(path, System.Text.Encoding.ASCII.GetBytes(pem), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return X509Certificate2.CreateFromPemFile(path, path);
    }

    public static string Fingerprint(X509Certificate certificate) => Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));
}
