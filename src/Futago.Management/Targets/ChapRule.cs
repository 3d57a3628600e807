using Futago.Engine.Contracts;

namespace Futago.Management.Targets;

/// <summary>What CHAP accounts may look like so that every common initiator accepts them.</summary>
public static class ChapRule
{
    // The Windows initiator takes secrets of 12 to 16 characters, RFC 7143 section 12.1.3 asks for 96 bits at least.
    private const int SecretLengthMin = 12;
    private const int SecretLengthMax = 16;
    private const int UserLengthMax = 64;

    public static void CheckUser(string user, string field)
    {
        if (user.Length is < 1 or > UserLengthMax || user.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw ProblemException.Invalid(ProblemCodes.ChapUserInvalid,
                $"A CHAP user name has 1 to {UserLengthMax} printable ASCII characters without spaces.", field);
    }

    public static void CheckSecret(string secret, string field)
    {
        if (secret.Length is < SecretLengthMin or > SecretLengthMax || secret.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw ProblemException.Invalid(ProblemCodes.ChapSecretInvalid,
                $"A CHAP secret has {SecretLengthMin} to {SecretLengthMax} printable ASCII characters.", field);
    }
}
