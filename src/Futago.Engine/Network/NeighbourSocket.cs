using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Engine.Network;

/// <summary>A packet socket of one NIC and one protocol: ARP (RFC 826) and neighbour discovery go below IP's own rules. Linux only.</summary>
internal sealed unsafe partial class NeighbourSocket : IDisposable
{
    public const ushort Arp = 0x0806;
    public const ushort Ipv6 = 0x86dd;

    private const int AF_PACKET = 17;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int MSG_DONTWAIT = 0x40;
    private const short POLLIN = 1;

    private readonly SafeFileHandle _socket;
    private readonly int _index;
    private readonly ushort _protocol;

    /// <exception cref="IOException">There is no such NIC, or packet sockets are not allowed.</exception>
    public NeighbourSocket(string nic, ushort protocol)
    {
        _index = NicReader.IndexOf(nic) ?? throw new IOException($"There is no NIC {nic}.");
        _protocol = BinaryPrimitives.ReverseEndianness(protocol);
        _socket = new SafeFileHandle(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, _protocol), ownsHandle: true);
        if (_socket.IsInvalid)
            throw new IOException($"A packet socket cannot be opened: error {Marshal.GetLastPInvokeError()}.");
        var address = new LinkAddress { Family = AF_PACKET, Protocol = _protocol, Index = _index };
        if (bind(_socket, &address, sizeof(LinkAddress)) == 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        _socket.Dispose();
        throw new IOException($"A packet socket cannot be bound to {nic}: error {error}.");
    }

    /// <param name="destination">Link layer address, 6 bytes.</param>
    /// <exception cref="IOException">It was not sent.</exception>
    public void Send(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> destination)
    {
        var address = new LinkAddress { Family = AF_PACKET, Protocol = _protocol, Index = _index, Length = 6 };
        destination[..6].CopyTo(new Span<byte>(address.Bytes, 8));
        fixed (byte* data = packet)
        {
            if (sendto(_socket, data, (nuint)packet.Length, MSG_DONTWAIT, &address, sizeof(LinkAddress)) < 0)
                throw new IOException($"The NIC takes no packet: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>Waits for a packet. Blocks its thread.</summary>
    /// <returns>Its length and who sent it; length 0 when none came in time.</returns>
    public int Receive(Span<byte> packet, int timeoutMs, Span<byte> sender)
    {
        var descriptor = new PollDescriptor { Descriptor = (int)_socket.DangerousGetHandle(), Events = POLLIN };
        if (poll(&descriptor, 1, Math.Max(0, timeoutMs)) <= 0)
            return 0;
        var address = default(LinkAddress);
        var size = sizeof(LinkAddress);
        fixed (byte* data = packet)
        {
            var length = recvfrom(_socket, data, (nuint)packet.Length, MSG_DONTWAIT, &address, &size);
            if (length <= 0)
                return 0;
            new ReadOnlySpan<byte>(address.Bytes, 6).CopyTo(sender);
            return (int)length;
        }
    }

    public void Dispose() => _socket.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte Length;
        public fixed byte Bytes[8];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }

#pragma warning disable IDE1006 // names of the system calls
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(SafeFileHandle socket, LinkAddress* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(SafeFileHandle socket, byte* data, nuint length, int flags, LinkAddress* address, int addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(SafeFileHandle socket, byte* data, nuint length, int flags, LinkAddress* address, int* addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMs);
#pragma warning restore IDE1006
}
