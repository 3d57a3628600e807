using System.Net.Sockets;
using System.Runtime.InteropServices;
using Futago.Blocks;
using Microsoft.Win32.SafeHandles;

namespace Futago.Iscsi.Connection;

/// <summary>
/// The system calls of a connection: scatter receive, gather send and waiting, all without blocking except <see cref="Wait"/>.
/// With <see cref="BlockBuffer"/> the one place of this project that handles addresses; callers pass vectors that
/// <see cref="IoVectors"/> has range-checked.
/// </summary>
internal static unsafe partial class NativeSocket
{
    public const int Again = -11; // EAGAIN
    private const int Interrupted = 4; // EINTR
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int EventFdNonBlock = 0x800;
    private const int EventFdCloseOnExec = 0x80000;
    private const short PollIn = 1;
    private const short PollOut = 4;

    /// <returns>Bytes received; 0 when the peer has closed; <see cref="Again"/> or another negative error number.</returns>
    public static nint Receive(SafeSocketHandle socket, IoVectors vectors) => Transfer(socket, vectors, receive: true);

    /// <returns>Bytes taken by the system; <see cref="Again"/> or another negative error number.</returns>
    public static nint Send(SafeSocketHandle socket, IoVectors vectors) => Transfer(socket, vectors, receive: false);

    private static nint Transfer(SafeSocketHandle socket, IoVectors vectors, bool receive)
    {
        var message = new MessageHeader { Vectors = vectors.First, VectorCount = (nuint)vectors.Remaining };
        while (true)
        {
            var result = receive ? recvmsg(socket, &message, DontWait) : sendmsg(socket, &message, DontWait | NoSignal);
            if (result >= 0)
                return result;
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                return -error;
        }
    }

    public static SafeFileHandle CreateEvent()
    {
        var handle = eventfd(0, EventFdNonBlock | EventFdCloseOnExec);
        if (handle < 0)
            throw new IOException($"eventfd failed with error {Marshal.GetLastPInvokeError()}");
        return new SafeFileHandle(handle, ownsHandle: true);
    }

    public static void Signal(SafeFileHandle handle)
    {
        ulong one = 1;
        _ = write(handle, &one, sizeof(ulong));
    }

    /// <summary>Blocks until the socket is ready in a wanted direction, has failed, or the event was signalled.</summary>
    /// <param name="timeoutMs">-1: as long as it takes.</param>
    /// <returns>False: nothing has happened in that time.</returns>
    public static bool Wait(SafeSocketHandle socket, SafeFileHandle wake, bool forReading, bool forWriting, int timeoutMs = -1)
    {
        var descriptors = stackalloc PollDescriptor[2];
        descriptors[0].Descriptor = (int)socket.DangerousGetHandle();
        descriptors[0].Events = (short)((forReading ? PollIn : 0) | (forWriting ? PollOut : 0));
        descriptors[1].Descriptor = (int)wake.DangerousGetHandle();
        descriptors[1].Events = PollIn;
        var ready = poll(descriptors, 2, timeoutMs);
        if ((descriptors[1].ReturnedEvents & PollIn) != 0)
        {
            ulong count;
            _ = read(wake, &count, sizeof(ulong));
        }
        return ready != 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public nint Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
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
    private static partial nint recvmsg(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle handle, void* data, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle handle, void* data, nuint length);
#pragma warning restore IDE1006
}
