using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>A connected socket, as it is.</summary>
internal sealed partial class WireStream(Socket socket) : BlockingStream(socket)
{
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int EINTR = 4;
    private const int EAGAIN = 11;

    /// <summary>Says that nothing more will be written.</summary>
    public void EndWriting() => Shutdown(SocketShutdown.Send);

    protected override Need TryRead(Span<byte> buffer, out int count)
    {
        count = (int)Receive(Socket.SafeHandle, ref MemoryMarshal.GetReference(buffer), buffer.Length, MSG_DONTWAIT);
        return count < 0 ? Unless(Need.Readable) : Need.None;
    }

    protected override Need TryWrite(ref ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = (int)Send(Socket.SafeHandle, ref MemoryMarshal.GetReference(buffer), buffer.Length, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count < 0)
                return Unless(Need.Writable);
            buffer = buffer[count..];
        }
        return Need.None;
    }

    private static Need Unless(Need busy)
    {
        var error = Marshal.GetLastPInvokeError();
        return error is EAGAIN or EINTR ? busy : throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, ref readonly byte buffer, nint length, int flags);
}
