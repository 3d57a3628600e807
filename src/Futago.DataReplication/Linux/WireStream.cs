using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>
/// A connected socket. Its synchronous calls wait in the kernel, on the thread that makes them: a byte that arrives wakes one thread,
/// where the runtime's own calls wake two. They are for the bytes of a copy, each direction on a thread of its own; what else is said
/// on the connection is asynchronous.
/// </summary>
internal sealed partial class WireStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;
    private const short POLLIN = 1;
    private const short POLLOUT = 4;
    private const int EINTR = 4;
    private const int EAGAIN = 11;
    private const int NoTimeout = -1;

    /// <summary>Ends both directions; a thread that waits in one of them returns.</summary>
    public void Abort()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side has ended it, or this one.
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = Receive(Socket.SafeHandle, ref MemoryMarshal.GetReference(buffer), buffer.Length, MSG_DONTWAIT);
            if (count >= 0)
                return (int)count;
            WaitOrThrow(POLLIN);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Send(Socket.SafeHandle, ref MemoryMarshal.GetReference(buffer), buffer.Length, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count >= 0)
                buffer = buffer[(int)count..];
            else
                WaitOrThrow(POLLOUT);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    private void WaitOrThrow(short events)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error == EINTR)
            return;
        if (error != EAGAIN)
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        var handle = Socket.SafeHandle;
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            var entry = new PollEntry { File = (int)handle.DangerousGetHandle(), Events = events };
            // What came, an error included, the next call says.
            _ = Poll(ref entry, 1, NoTimeout);
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, ref readonly byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nint count, int timeoutMilliseconds);
}
