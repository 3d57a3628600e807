using System.Security.Cryptography;
using Futago.Management.Access;
using Microsoft.AspNetCore.DataProtection;

namespace Futago.Console.Security;

/// <summary>CHAP secrets, encrypted with the keys in the data directory: the database alone, or a dump of it, reveals nothing.</summary>
public sealed class SecretProtector(IDataProtectionProvider provider) : ISecretProtector
{
    // Part of the key derivation: changing it makes every stored secret unreadable.
    private readonly IDataProtector _protector = provider.CreateProtector("Futago.Chap.v1");

    public string Protect(string secret) => _protector.Protect(secret);

    public string? Unprotect(string protectedSecret)
    {
        try
        {
            return _protector.Unprotect(protectedSecret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
