namespace Futago.Management.Access;

/// <summary>Encrypts secrets that must be recoverable (CHAP), with keys that are not in the database.</summary>
public interface ISecretProtector
{
    string Protect(string secret);

    /// <summary>Null when it cannot be decrypted: the keys are lost, or the database is that of another node.</summary>
    string? Unprotect(string protectedSecret);
}
