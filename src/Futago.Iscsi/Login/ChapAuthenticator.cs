using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Futago.Iscsi.Login;

/// <summary>
/// The target's side of CHAP, RFC 7143 section 12.1.3:
/// <code>
/// initiator                             target
/// CHAP_A=A1,A2,…              ─────►
///                             ◄─────    CHAP_A=A  CHAP_I=I  CHAP_C=C
/// CHAP_N=N CHAP_R=R
/// [CHAP_I=I CHAP_C=C]         ─────►
///                             ◄─────    [CHAP_N=N CHAP_R=R]
/// </code>
/// Lives for one login; every call moves one step on, and any deviation is a failed authentication. With several accounts the
/// initiator's CHAP_N says which one it means.
/// </summary>
internal sealed class ChapAuthenticator(IReadOnlyList<ChapAccount> accounts, ChallengeRegistry challenges) : IDisposable
{
    private const int MaximumChallengeBytes = 1024;

    /// <summary>As long as the digest, so that the challenge is no weaker than the algorithm.</summary>
    private const int ChallengeBytes = 32;

    private ChapAlgorithm? _algorithm;
    private byte _identifier;
    private byte[]? _challenge;

    /// <summary>First step. False: no common algorithm, or not the first step.</summary>
    public bool TryChallenge(string offeredAlgorithms, List<byte> answer)
    {
        if (_algorithm is not null)
            return false;
        _algorithm = ChapAlgorithm.Choose(offeredAlgorithms);
        if (_algorithm is null)
            return false;
        _challenge = RandomNumberGenerator.GetBytes(ChallengeBytes);
        _identifier = RandomNumberGenerator.GetBytes(1)[0];
        challenges.Add(_challenge);
        TextKeys.Append(answer, "CHAP_A", _algorithm.Number);
        TextKeys.Append(answer, "CHAP_I", _identifier.ToString(CultureInfo.InvariantCulture));
        TextKeys.Append(answer, "CHAP_C", BinaryValue.Encode(_challenge));
        return true;
    }

    /// <summary>Second step: checks the response and, when asked, proves ourselves.</summary>
    /// <returns>The account whose secret the initiator has proven to know, or null: authentication failed.</returns>
    public ChapAccount? TryVerify(string user, string response, string? peerIdentifier, string? peerChallenge, List<byte> answer)
    {
        if (_algorithm is null || _challenge is null)
            return null;
        var challenge = _challenge;
        // Each challenge is good for one attempt.
        Withdraw();

        // Digests of all accounts are computed and compared whether or not the user is known: the time must not tell.
        var given = BinaryValue.TryDecode(response, _algorithm.DigestLength, _algorithm.DigestLength);
        var userHash = SHA256.HashData(Encoding.UTF8.GetBytes(user));
        ChapAccount? proven = null;
        foreach (var account in accounts)
        {
            var expected = _algorithm.Respond(_identifier, Encoding.UTF8.GetBytes(account.Secret), challenge);
            var rightResponse = CryptographicOperations.FixedTimeEquals(given ?? new byte[_algorithm.DigestLength], expected) && given is not null;
            var rightUser = CryptographicOperations.FixedTimeEquals(userHash, SHA256.HashData(Encoding.UTF8.GetBytes(account.User)));
            if (rightResponse & rightUser)
                proven ??= account;
        }
        if (proven is not null && (peerIdentifier is not null || peerChallenge is not null)
            && !TryProve(proven, peerIdentifier, peerChallenge, challenge, answer))
        {
            return null;
        }
        return proven;
    }

    private bool TryProve(ChapAccount account, string? peerIdentifier, string? peerChallenge, byte[] ownChallenge, List<byte> answer)
    {
        if (account.MutualUser is null || account.MutualSecret is null)
            return false;
        if (!KeyNegotiation.TryParseNumber(peerIdentifier, 0, 255, out var identifier))
            return false;
        if (peerChallenge is null || BinaryValue.TryDecode(peerChallenge, 1, MaximumChallengeBytes) is not { } challenge)
            return false;
        // RFC 7143 section 9.2.1: the initiator's challenge must not be one of ours, on this or on any other connection.
        if (challenge.AsSpan().SequenceEqual(ownChallenge) || challenges.Contains(challenge))
            return false;
        var proof = _algorithm!.Respond((byte)identifier, Encoding.UTF8.GetBytes(account.MutualSecret), challenge);
        TextKeys.Append(answer, "CHAP_N", account.MutualUser);
        TextKeys.Append(answer, "CHAP_R", BinaryValue.Encode(proof));
        return true;
    }

    private void Withdraw()
    {
        if (_challenge is not null)
            challenges.Remove(_challenge);
        _challenge = null;
    }

    public void Dispose() => Withdraw();
}
