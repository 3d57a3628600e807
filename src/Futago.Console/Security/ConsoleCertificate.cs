using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Futago.Console.Security;

/// <summary>
/// The certificate of the HTTPS listener: self-signed, made at the first start, made anew when it has expired or its file
/// (<c>certificate.pem</c>) has been deleted. An administrator can put another one with its key in that file.
/// </summary>
public static class ConsoleCertificate
{
    private const string FileName = "certificate.pem";
    private const string FingerprintName = "certificate.sha256";
    private const int ValidYears = 10;

    public static X509Certificate2 LoadOrCreate(DataDirectory directory, string nodeName, IPAddress listen, TimeProvider time)
    {
        var path = directory.PathOf(FileName);
        X509Certificate2? certificate = null;
        if (File.Exists(path))
        {
            try
            {
                certificate = X509Certificate2.CreateFromPemFile(path, path);
            }
            catch (CryptographicException e)
            {
                throw new StartupException($"The certificate {path} cannot be read ({e.Message}). Delete the file to have a new one made.");
            }
        }
        if (certificate is null || certificate.NotAfter.ToUniversalTime() <= time.GetUtcNow())
        {
            certificate?.Dispose();
            certificate = Create(nodeName, listen, time.GetUtcNow());
            var pem = certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n";
            directory.Write(FileName, pem);
        }
        directory.Write(FingerprintName, Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)) + "\n");
        return certificate;
    }

    private static X509Certificate2 Create(string nodeName, IPAddress listen, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={nodeName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(nodeName);
        names.AddDnsName("localhost");
        foreach (var address in Addresses(listen))
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        // A day back, for browsers whose clock is behind this machine's.
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears));
    }

    private static HashSet<IPAddress> Addresses(IPAddress listen)
    {
        HashSet<IPAddress> addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        if (!listen.Equals(IPAddress.Any) && !listen.Equals(IPAddress.IPv6Any))
            addresses.Add(listen);
        else
            addresses.UnionWith(NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .Where(a => !a.IsIPv6LinkLocal));
        return addresses;
    }
}
