using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Futago.Console.Security;

/// <summary>
/// Proves that whoever creates the first administrator from elsewhere also has access to this machine: a code in a file that
/// only root and the console can read. From the machine itself it is not asked for.
/// </summary>
public sealed class SetupCode(DataDirectory directory)
{
    public const string FileName = "setup-code";

    // Without 0 O 1 I L, which people mix up when they type from a screen.
    private const string Alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    private const int Length = 8;

    /// <summary>Makes the code unless there is one.</summary>
    public void Ensure()
    {
        if (!File.Exists(directory.PathOf(FileName)))
            directory.Write(FileName, RandomNumberGenerator.GetString(Alphabet, Length) + "\n");
    }

    public void Forget() => File.Delete(directory.PathOf(FileName));

    public bool Matches(string? typed)
    {
        var path = directory.PathOf(FileName);
        if (typed is null || typed.Length > 64 || !File.Exists(path))
            return false;
        var wanted = Encoding.UTF8.GetBytes(File.ReadAllText(path).Trim());
        var given = Encoding.UTF8.GetBytes(typed.Replace("-", "", StringComparison.Ordinal).Trim().ToUpperInvariant());
        return CryptographicOperations.FixedTimeEquals(wanted, given);
    }

    /// <summary>False on a unix socket and from loopback: those are on this machine already.</summary>
    public static bool IsNeeded(IPAddress? remote) =>
        remote is not null && !IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);
}
