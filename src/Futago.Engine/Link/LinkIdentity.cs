using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.Engine.Contracts;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Link;

/// <summary>
/// Who this node is on the replication link: an id and a self-signed certificate, made at the first start. The peer knows the
/// certificate by its fingerprint and nothing else of it counts, neither names nor dates.
/// </summary>
internal sealed class LinkIdentity : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // RFC 5280 section 4.1.2.5: the date of a certificate that has no well-defined end. Trust ends with the pair.
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private LinkIdentity(Guid nodeId, X509Certificate2 certificate)
    {
        NodeId = nodeId;
        Certificate = certificate;
        Fingerprint = Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));
    }

    public Guid NodeId { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate, 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <param name="report">
    /// Is told where a copy of a file that cannot be used is, before that file is replaced: once it has returned, the news must not be lost, for the node is then
    /// a new one to its peer, and nothing but the news says why. After a crash in between it is told again.
    /// </param>
    public static LinkIdentity LoadOrCreate(string path, TimeProvider time, Action<string> report)
    {
        var state = SealedDocument.Read<LinkIdentityDocument>(path, LinkIdentityDocument.CurrentVersion, EngineJson.Options, out var document);
        if (state == SealedDocumentState.Good && TryRead(document!) is { } known)
            return known;
        if (state != SealedDocumentState.Absent)
        {
            // The time of the file itself: after a crash the same file gets the same copy.
            var copy = $"{path}.damaged-{File.GetLastWriteTimeUtc(path):yyyyMMddHHmmss}";
            DurableFile.Replace(copy, File.ReadAllBytes(path), OwnerOnly);
            report(copy);
        }
        return Create(path, time);
    }

    public void Dispose() => Certificate.Dispose();

    private static LinkIdentity? TryRead(LinkIdentityDocument document)
    {
        if (document.NodeId == Guid.Empty || document.Certificate is null || document.PrivateKey is null)
            return null;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(document.Certificate));
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(document.PrivateKey), out _);
            return new LinkIdentity(document.NodeId, certificate.CopyWithPrivateKey(key));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static LinkIdentity Create(string path, TimeProvider time)
    {
        var nodeId = Guid.NewGuid();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=futago-{nodeId:N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1", "serverAuth"), new Oid("1.3.6.1.5.5.7.3.2", "clientAuth")], false));
        var certificate = request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), Never);
        // Durable before anybody can learn it: a peer must never pin a certificate that a crash takes away.
        SealedDocument.Write(
            path,
            new LinkIdentityDocument(
                LinkIdentityDocument.CurrentVersion, nodeId, Convert.ToBase64String(certificate.RawData), Convert.ToBase64String(key.ExportPkcs8PrivateKey())),
            EngineJson.Options,
            OwnerOnly);
        return new LinkIdentity(nodeId, certificate);
    }
}
