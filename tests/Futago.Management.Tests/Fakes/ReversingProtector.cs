using Futago.Management.Access;

namespace Futago.Management.Tests.Fakes;

/// <summary>Not encryption, but enough to tell a protected secret from a plain one; "loses its keys" on demand.</summary>
internal sealed class ReversingProtector : ISecretProtector
{
    public bool KeysLost { get; set; }

    public string Protect(string secret) => "protected:" + new string([.. secret.Reverse()]);

    public string? Unprotect(string protectedSecret) => KeysLost ? null : new string([.. protectedSecret["protected:".Length..].Reverse()]);
}
