using System.Security.Cryptography;
using Futago.Management.Node;

namespace Futago.Management.Pairing;

/// <summary>Checks what a node that nobody knows yet says of itself, before anything of it is used or kept.</summary>
internal static class PairingPartyRule
{
    private const int ProductLengthMaximum = 64;

    /// <param name="seenFingerprint">Of the certificate that the connection really has.</param>
    /// <param name="own">What this node would say of itself.</param>
    public static void Check(PairingParty? party, string seenFingerprint, PairingParty own)
    {
        // First, because another version may mean anything else by the rest.
        if (party is not null && party.Version != own.Version)
            throw PairProblems.OtherVersion(party.Product is { Length: <= ProductLengthMaximum } product ? product : "?", own.Product);
        if (party is null || !IsWellFormed(party))
            throw PairProblems.NotANode();
        if (party.NodeId == own.NodeId)
            throw PairProblems.OwnAddress();
        // Whoever stands between the nodes has another certificate than the one that the proofs cover.
        if (!string.Equals(party.ConsoleFingerprint, seenFingerprint, StringComparison.Ordinal))
            throw PairProblems.CertificateMismatch();
    }

    private static bool IsWellFormed(PairingParty party) =>
        party.NodeId != Guid.Empty
        && party.Product is { Length: >= 1 and <= ProductLengthMaximum }
        && party.Name is not null && NodeNameRule.IsValid(party.Name)
        && IsFingerprint(party.ConsoleFingerprint)
        && IsFingerprint(party.LinkFingerprint)
        && IsNonce(party.Nonce)
        && party.ConsolePort is >= 1 and <= 65535
        && party.LinkPort is >= 1 and <= 65535
        && (party.ReplicationAddress is null || StrictAddress.TryParse(party.ReplicationAddress, out _));

    private static bool IsFingerprint(string? text) => text is { Length: SHA256.HashSizeInBytes * 2 } && text.All(char.IsAsciiHexDigitLower);

    private static bool IsNonce(string? text)
    {
        Span<byte> nonce = stackalloc byte[PairingTranscript.NonceBytes];
        return text is { Length: < 64 } && Convert.TryFromBase64String(text, nonce, out var length) && length == nonce.Length;
    }
}
