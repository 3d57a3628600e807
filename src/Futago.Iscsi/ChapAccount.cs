using System.Security.Cryptography;
using System.Text;

namespace Futago.Iscsi;

/// <summary>CHAP credentials, RFC 7143 section 12.1.3. Never printed.</summary>
/// <param name="User">Name that the initiator gives as CHAP_N, at most 255 bytes.</param>
/// <param name="Secret">At least 12 characters.</param>
/// <param name="MutualUser">Name that the target gives when the initiator asks for proof; null: one-way only.</param>
/// <param name="MutualSecret">At least 12 characters and different from <paramref name="Secret"/>.</param>
public sealed record ChapAccount(string User, string Secret, string? MutualUser, string? MutualSecret)
{
    private const int MinimumSecretLength = 12;

    /// <exception cref="ArgumentException">A rule for names or secrets is broken. The message does not repeat the secret.</exception>
    internal void Validate()
    {
        if (User.Length == 0 || Encoding.UTF8.GetByteCount(User) > 255)
            throw new ArgumentException("The CHAP user name must be 1 to 255 bytes long.");
        if (Secret.Length < MinimumSecretLength)
            throw new ArgumentException($"The CHAP secret must be at least {MinimumSecretLength} characters long.");
        if ((MutualUser is null) != (MutualSecret is null))
            throw new ArgumentException("Mutual CHAP needs both a user name and a secret.");
        if (MutualUser is null || MutualSecret is null)
            return;
        if (MutualUser.Length == 0 || Encoding.UTF8.GetByteCount(MutualUser) > 255 || MutualSecret.Length < MinimumSecretLength)
            throw new ArgumentException("The mutual CHAP user name or secret has the wrong length.");
        // RFC 7143 section 9.2.1: the secrets of the two directions must differ, or a reflected response would be valid.
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(MutualSecret)))
            throw new ArgumentException("The mutual CHAP secret must differ from the initiator's secret.");
    }

    public override string ToString() => $"ChapAccount {{ User = {User}, MutualUser = {MutualUser} }}";
}
