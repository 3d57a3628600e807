using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>
/// Whose a TCP connection of this machine is. sock_diag(7) finds one connection at once; the table in /proc/net/tcp is written out whole, and
/// the kernel looks through a place for each connection that there could be, which takes milliseconds where there is much memory.
/// </summary>
internal static unsafe partial class SocketOwner
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int NETLINK_SOCK_DIAG = 4;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const ushort NLM_F_REQUEST = 1;
    private const byte AF_INET = 2;
    private const byte IPPROTO_TCP = 6;

    // struct nlmsghdr: u32 length, u16 type, u16 flags, u32 sequence, u32 port.
    private const int HeaderLength = 16;
    private const int TypeOffset = 4;
    private const int FlagsOffset = 6;

    // struct inet_diag_req_v2: u8 family, protocol, extensions, padding, u32 states, struct inet_diag_sockid.
    private const int RequestLength = HeaderLength + 8 + SocketLength;
    private const int StatesOffset = HeaderLength + 4;
    private const int RequestSocketOffset = HeaderLength + 8;

    // struct inet_diag_msg: u8 family, state, timer, retransmissions, struct inet_diag_sockid, u32 expires, rqueue, wqueue, uid, inode.
    private const int AnswerSocketOffset = HeaderLength + 4;
    private const int UserOffset = AnswerSocketOffset + SocketLength + 12;
    private const int AnswerLength = UserOffset + 8;

    // struct inet_diag_sockid: be16 source and destination port, be32[4] source, be32[4] destination, u32 interface, u32[2] cookie.
    private const int SocketLength = 48;
    private const int EndsLength = 36;
    private const int DestinationPortOffset = 2;
    private const int SourceOffset = 4;
    private const int DestinationOffset = 20;
    private const int CookieOffset = 40;

    /// <summary>User of the process that made the connection whose own end is <paramref name="end"/>; null when there is none such.</summary>
    /// <param name="end">An IPv4 address, also one that is mapped into IPv6.</param>
    /// <param name="other">Its other end.</param>
    public static uint? Find(IPEndPoint end, IPEndPoint other)
    {
        var asked = TryAsk(end, other, out var user);
        return asked ? user : Look(end, other, File.ReadLines("/proc/self/net/tcp"));
    }

    /// <returns>False when the kernel cannot be asked.</returns>
    internal static bool TryAsk(IPEndPoint end, IPEndPoint other, out uint? user)
    {
        user = null;
        var file = OpenSocket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        if (file < 0)
            return false;
        try
        {
            Span<byte> request = stackalloc byte[RequestLength], answer = stackalloc byte[1024];
            Write(request, end, other);
            nint length;
            fixed (byte* pointer = request)
            {
                if (Send(file, pointer, (nuint)request.Length, 0) != request.Length)
                    return false;
            }
            fixed (byte* pointer = answer)
                length = Receive(file, pointer, (nuint)answer.Length, 0);
            // An error instead of an answer: without the kernel's part for TCP it knows of no connection at all, and then the table tells.
            if (length < AnswerLength || MemoryMarshal.Read<ushort>(answer[TypeOffset..]) != SOCK_DIAG_BY_FAMILY)
                return false;
            // Where there is no such connection, the kernel offers the socket that listens there.
            if (answer.Slice(AnswerSocketOffset, EndsLength).SequenceEqual(request.Slice(RequestSocketOffset, EndsLength)))
                user = MemoryMarshal.Read<uint>(answer[UserOffset..]);
            return true;
        }
        finally
        {
            _ = Close(file);
        }
    }

    /// <summary>Lines of proc_net_tcp(5): <c>0: 0100007F:1F90 0100007F:C350 01 … uid …</c>.</summary>
    internal static uint? Look(IPEndPoint end, IPEndPoint other, IEnumerable<string> table)
    {
        var (here, there) = (Name(end), Name(other));
        foreach (var line in table.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 7 && fields[1] == here && fields[2] == there && uint.TryParse(fields[7], NumberStyles.None, CultureInfo.InvariantCulture, out var user))
                return user;
        }
        return null;
    }

    private static string Name(IPEndPoint end) =>
        $"{Convert.ToHexString([.. end.Address.MapToIPv4().GetAddressBytes().Reverse()])}:{end.Port.ToString("X4", CultureInfo.InvariantCulture)}";

    private static void Write(Span<byte> request, IPEndPoint end, IPEndPoint other)
    {
        request.Clear();
        MemoryMarshal.Write(request, request.Length);
        MemoryMarshal.Write(request[TypeOffset..], SOCK_DIAG_BY_FAMILY);
        MemoryMarshal.Write(request[FlagsOffset..], NLM_F_REQUEST);
        request[HeaderLength] = AF_INET;
        request[HeaderLength + 1] = IPPROTO_TCP;
        MemoryMarshal.Write(request[StatesOffset..], uint.MaxValue);
        var socket = request[RequestSocketOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(socket, (ushort)end.Port);
        BinaryPrimitives.WriteUInt16BigEndian(socket[DestinationPortOffset..], (ushort)other.Port);
        end.Address.MapToIPv4().TryWriteBytes(socket[SourceOffset..], out _);
        other.Address.MapToIPv4().TryWriteBytes(socket[DestinationOffset..], out _);
        // INET_DIAG_NOCOOKIE.
        socket[CookieOffset..SocketLength].Fill(0xFF);
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int file, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int file, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
