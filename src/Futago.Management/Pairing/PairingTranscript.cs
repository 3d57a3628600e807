using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Futago.Management.Pairing;

/// <summary>
/// What both nodes must have seen alike, and the proofs over it. Everything that was said goes into one hash, each part preceded
/// by its length so that no two exchanges write the same bytes; keys come from the code by HKDF (RFC 5869), another one for each
/// direction and each exchange, so that a proof fits nowhere but where it belongs: not in a later exchange, not sent back.
/// </summary>
public sealed class PairingTranscript
{
    public const int Version = 1;
    public const int NonceBytes = 32;

    private static readonly byte[] Salt = "futago pairing 1"u8.ToArray();

    private readonly byte[] _hash;

    public PairingTranscript(Guid exchangeId, PairingParty joiner, PairingParty offerer)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(all, "futago pairing 1");
        Append(all, exchangeId.ToString());
        Append(all, "joiner");
        Append(all, joiner);
        Append(all, "offerer");
        Append(all, offerer);
        _hash = all.GetHashAndReset();
        // UUID of this very agreement: the same on both nodes without either of them choosing it.
        PairId = new Guid(SHA256.HashData([.. "futago pair id"u8, .. _hash]).AsSpan(0, 16), bigEndian: true);
    }

    public Guid PairId { get; }

    /// <summary>All that is kept of a code: enough to check proofs, and of no use for anything else.</summary>
    /// <param name="code">Normalised.</param>
    public static byte[] KeyOf(string code) => HKDF.Extract(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(code), Salt);

    /// <summary>RFC 4648 base64 of the proof of the joining node.</summary>
    public string JoinerProof(byte[] codeKey) => Convert.ToBase64String(Prove(codeKey, "joiner"));

    public string OffererProof(byte[] codeKey) => Convert.ToBase64String(Prove(codeKey, "offerer"));

    public bool IsJoinerProof(byte[] codeKey, string? proof) => IsProof(codeKey, "joiner", proof);

    public bool IsOffererProof(byte[] codeKey, string? proof) => IsProof(codeKey, "offerer", proof);

    private byte[] Prove(byte[] codeKey, string role)
    {
        var key = HKDF.Expand(HashAlgorithmName.SHA256, codeKey, SHA256.HashSizeInBytes, [.. Encoding.ASCII.GetBytes($"futago pairing 1 {role}"), .. _hash]);
        return HMACSHA256.HashData(key, _hash);
    }

    private bool IsProof(byte[] codeKey, string role, string? proof)
    {
        var given = new byte[SHA256.HashSizeInBytes];
        return proof is not null && Convert.TryFromBase64String(proof, given, out var length) && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Prove(codeKey, role));
    }

    private static void Append(IncrementalHash hash, PairingParty party)
    {
        Append(hash, party.Version.ToString(CultureInfo.InvariantCulture));
        Append(hash, party.Product);
        Append(hash, party.NodeId.ToString());
        Append(hash, party.Name);
        Append(hash, party.ConsoleFingerprint);
        Append(hash, party.LinkFingerprint);
        Append(hash, party.Nonce);
        Append(hash, party.ConsolePort.ToString(CultureInfo.InvariantCulture));
        Append(hash, party.ReplicationAddress ?? "");
        Append(hash, party.LinkPort.ToString(CultureInfo.InvariantCulture));
        Append(hash, party.Time.UtcTicks.ToString(CultureInfo.InvariantCulture));
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
