using System.Buffers.Binary;
using System.Net.Sockets;

namespace Futago.Console.Security;

/// <summary>Who is at the other end of a unix socket, as the kernel says: unix(7), SO_PEERCRED.</summary>
public static class PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    // struct ucred { pid_t pid; uid_t uid; gid_t gid; }, each 32 bits.
    private const int UcredLength = 12;
    private const int UidOffset = 4;

    /// <summary>User id of the process that connected; null when the kernel does not say.</summary>
    public static uint? UserOf(Socket socket)
    {
        Span<byte> ucred = stackalloc byte[UcredLength];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, ucred) == UcredLength
            ? (BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(ucred[UidOffset..]) : BinaryPrimitives.ReadUInt32BigEndian(ucred[UidOffset..]))
            : null;
    }

    /// <summary>Effective user id of this process: proc(5), second number of the line Uid in /proc/self/status.</summary>
    public static uint OwnUser()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal));
        return uint.Parse(line.Split('\t')[2], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Root, and the console's own user: both could read every secret of the console anyway.</summary>
    public static bool IsTrusted(uint? user, uint ownUser) => user is { } uid && (uid == 0 || uid == ownUser);
}
