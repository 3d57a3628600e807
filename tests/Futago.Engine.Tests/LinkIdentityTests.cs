using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Futago.Engine.Link;

namespace Futago.Engine.Tests;

/// <summary>
/// The peer knows this node by what lies in this file. When the golden one cannot be read any more, nodes in the field lose their
/// pair: bump the version, keep reading the old one (docs/on-disk/engine-state.md).
/// </summary>
public sealed class LinkIdentityTests : IDisposable
{
    private const string Version1 =
        """{"formatVersion":1,"nodeId":"5b1c0d2e-8f3a-4c6d-9e7b-1a2f3c4d5e6f","certificate":"MIIBujCCAWGgAwIBAgIUe71CP8/Inp/DO7XIYKUWI0rKUzAwCgYIKoZIzj0EAwIwMjEwMC4GA1UEAwwnZnV0YWdvLTViMWMwZDJlOGYzYTRjNmQ5ZTdiMWEyZjNjNGQ1ZTZmMCAXDTI2MTEyMTExNDk0MloYDzIxMjYxMDI4MTE0OTQyWjAyMTAwLgYDVQQDDCdmdXRhZ28tNWIxYzBkMmU4ZjNhNGM2ZDllN2IxYTJmM2M0ZDVlNmYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARQVK8\u002B1FnnB0j/UqL/HuPf3Jy2uwYaqJZ7ZRnRnRqK\u002BW//JZ1lQHHOoW4nAh6a6K4YZXfd87o4kZBeAapD1X84o1MwUTAdBgNVHQ4EFgQUMvSGqRJPzkfoPuLQ1Hp7gHdow3wwHwYDVR0jBBgwFoAUMvSGqRJPzkfoPuLQ1Hp7gHdow3wwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBa9u66Ud9F/dKPbJLe4DGd3fxLuKcANRfsjCy1uwzuoQIgD2drdaD6j6ZthdgYLwyqk4uL4noXSd9rhb2MLs68XVc=","privateKey":"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzo/rpcqnweXGK8LgW8fYp2oYzDJYhwb3mqn/8NaIJKyhRANCAARQVK8\u002B1FnnB0j/UqL/HuPf3Jy2uwYaqJZ7ZRnRnRqK\u002BW//JZ1lQHHOoW4nAh6a6K4YZXfd87o4kZBeAapD1X84","checksum":"sha256:3b0a7f5c897f833e8251b6a1bf9716243a7bd36736561971abc168dd02486f2e"}""";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"futago-identity-{Guid.NewGuid():n}");

    [Fact]
    public void Identity_Version1_IsRead()
    {
        File.WriteAllText(_file, Version1 + "\n");

        using var identity = LinkIdentity.LoadOrCreate(_file, TimeProvider.System, Unexpected);

        Assert.Equal(Guid.Parse("5b1c0d2e-8f3a-4c6d-9e7b-1a2f3c4d5e6f"), identity.NodeId);
        Assert.Equal("3b709bc78711e365045e233ba5f90bb886db43d65549e9028e7ee0564c4ee794", identity.Fingerprint);
        Assert.True(identity.Certificate.HasPrivateKey);
        Assert.Equal(Version1 + "\n", File.ReadAllText(_file));
    }

    [Fact]
    public void Identity_OfALaterVersion_IsSetAsideAndNotOverwritten()
    {
        var later = Version1.Replace("\"formatVersion\":1", "\"formatVersion\":2", StringComparison.Ordinal);
        later = Sealed(later);
        File.WriteAllText(_file, later);

        var copy = "";
        using var identity = LinkIdentity.LoadOrCreate(_file, TimeProvider.System, f => copy = f);

        Assert.Equal(later, File.ReadAllText(copy));
        File.Delete(copy);
        Assert.NotEqual(Guid.Parse("5b1c0d2e-8f3a-4c6d-9e7b-1a2f3c4d5e6f"), identity.NodeId);
    }

    [Fact]
    public void NewIdentity_SignsWithItsCertificate()
    {
        using var identity = LinkIdentity.LoadOrCreate(_file, TimeProvider.System, Unexpected);
        using var again = LinkIdentity.LoadOrCreate(_file, TimeProvider.System, Unexpected);

        Assert.Equal(identity.Fingerprint, again.Fingerprint);
        using var key = again.Certificate.GetECDsaPrivateKey()!;
        using var known = identity.Certificate.GetECDsaPublicKey()!;
        var message = "futago"u8.ToArray();
        Assert.True(known.VerifyData(message, key.SignData(message, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256));
    }

    public void Dispose() => File.Delete(_file);

    private static void Unexpected(string copy) => Assert.Fail($"The identity was set aside as {copy}.");

    private static string Sealed(string document)
    {
        var body = document[..document.IndexOf(",\"checksum\"", StringComparison.Ordinal)] + "}";
        var checksum = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(body)));
        return $"{body[..^1]},\"checksum\":\"sha256:{checksum}\"}}\n";
    }
}
