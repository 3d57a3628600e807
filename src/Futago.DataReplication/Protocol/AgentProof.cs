using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Futago.DataReplication.Protocol;

/// <summary>
/// Proofs that a side knows the password, without showing it. They cover both nonces, the certificate that the source sees and the
/// whole request: nobody in between can pass a proof on to another agent, repeat it, or change what is asked for. Because the agent
/// proves itself as well, a certificate that was never seen before can be trusted as soon as its proof is right.
/// </summary>
internal static class AgentProof
{
    public const int NonceBytes = 32;

    /// <summary>Makes each guess at a recorded proof cost tens of milliseconds.</summary>
    private const int Iterations = 100_000;

    private const int KeptKeysMax = 256;

    /// <summary>By user and password: deriving one costs as much time as everything else in a connection.</summary>
    private static readonly ConcurrentDictionary<(string User, string Password), byte[]> KeptKeys = new();

    public static byte[] DeriveKey(string user, string password)
    {
        if (KeptKeys.TryGetValue((user, password), out var kept))
            return kept;
        var key = Rfc2898DeriveBytes.Pbkdf2(
            password, Encoding.UTF8.GetBytes("futago data replication agent\n" + user), Iterations, HashAlgorithmName.SHA256, 32);
        if (KeptKeys.Count >= KeptKeysMax)
            KeptKeys.Clear();
        KeptKeys[(user, password)] = key;
        return key;
    }

    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));

    /// <param name="certificate">SHA-256 of the agent's certificate.</param>
    public static byte[] OfSource(byte[] key, AgentHello hello, AgentRequest request, byte[] certificate) => HMACSHA256.HashData(key, Bind(
        "source", hello.Nonce, request.Nonce, Convert.ToHexStringLower(certificate), request.Operation.ToString(), request.User, request.Share ?? "",
        request.Owner ?? "", request.Keep.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public static byte[] OfAgent(byte[] key, AgentHello hello, AgentRequest request, byte[] certificate) => HMACSHA256.HashData(key, Bind(
        "agent", request.Nonce, hello.Nonce, Convert.ToHexStringLower(certificate)));

    /// <summary>In constant time.</summary>
    public static bool Matches(byte[] expected, string? proof)
    {
        var buffer = new byte[expected.Length];
        return proof is not null
            && Convert.TryFromBase64String(proof, buffer, out var length)
            && length == expected.Length
            && CryptographicOperations.FixedTimeEquals(buffer, expected);
    }

    /// <summary>Each part with its length before it, so that no two lists of parts look the same.</summary>
    private static byte[] Bind(params string[] parts) =>
        Encoding.UTF8.GetBytes("futago-agent/1\n" + string.Concat(parts.Select(p => $"{Encoding.UTF8.GetByteCount(p)}:{p}\n")));
}
