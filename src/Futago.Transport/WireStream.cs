using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Futago.Transport;

/// <summary>A connected socket, as it is.</summary>
public sealed partial class WireStream(Socket socket) : BlockingStream(socket)
{
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
            if (TrySend(buffer, out var count) is var need and not Need.None)
                return need;
            buffer = buffer[count..];
        }
        return Need.None;
    }

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeHandle socket, ref byte buffer, nint length, int flags);
}
