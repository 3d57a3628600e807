using System.Net.Sockets;
using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.DataReplication.Linux;

/// <summary>
/// A connected socket whose calls wait in the kernel, on the thread that makes them. The runtime's own calls would make the socket known to
/// its engine, which from then on wakes two threads for every packet, whoever reads it: a fifth of what a copy costs. The bytes of a copy
/// have a thread for each direction; an asynchronous call, which little is said with, waits on a thread made for it.
/// </summary>
internal sealed partial class WireStream(Socket socket) : SequentialStream
{
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;
    private const short POLLIN = 1;
    private const short POLLOUT = 4;
    private const int EINTR = 4;
    private const int EAGAIN = 11;
    private const int NoTimeout = -1;

    /// <summary>Connects without the engine, too. A peer that is gone without a word is missed after a minute.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    public static async Task<WireStream> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var end = cancellation.Register(socket.Dispose);
            await OnThreadAsync(() => socket.Connect(host, port)).WaitAsync(cancellation);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 20);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            return new WireStream(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or ObjectDisposedException)
                cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Ends both directions; a thread that waits in one of them returns.</summary>
    public void Abort() => Shutdown(SocketShutdown.Both);

    /// <summary>Says that nothing more will be written.</summary>
    public void EndWriting() => Shutdown(SocketShutdown.Send);

    public override int Read(Span<byte> buffer)
    {
        int count;
        while (!TryRead(buffer, out count))
            Wait(POLLIN);
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while ((buffer = WriteSome(buffer)).Length > 0)
            Wait(POLLOUT);
    }

    /// <param name="buffer">Where to.</param>
    /// <param name="cancellationToken">Ends the connection.</param>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryRead(buffer.Span, out var count))
            return count;
        await WaitAsync(() => count = Read(buffer.Span), cancellationToken);
        return count;
    }

    /// <param name="buffer">What.</param>
    /// <param name="cancellationToken">Ends the connection.</param>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = WriteSome(buffer.Span).Length;
        if (left > 0)
            await WaitAsync(() => Write(buffer.Span[^left..]), cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Closing alone would leave a thread that waits where it is.
            Abort();
            socket.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task WaitAsync(Action call, CancellationToken cancellation)
    {
        using var end = cancellation.Register(Abort);
        try
        {
            await OnThreadAsync(call);
        }
        finally
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static Task OnThreadAsync(Action call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Shutdown(SocketShutdown directions)
    {
        try
        {
            socket.Shutdown(directions);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side has ended it, or this one.
        }
    }

    /// <returns>Whether there was something, be it the end.</returns>
    private bool TryRead(Span<byte> buffer, out int count)
    {
        count = (int)Receive(socket.SafeHandle, ref MemoryMarshal.GetReference(buffer), buffer.Length, MSG_DONTWAIT);
        if (count < 0)
            ThrowUnlessBusy();
        return count >= 0;
    }

    /// <returns>What there was no room for.</returns>
    private ReadOnlySpan<byte> WriteSome(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = (int)Send(socket.SafeHandle, ref MemoryMarshal.GetReference(buffer), buffer.Length, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count < 0)
            {
                ThrowUnlessBusy();
                break;
            }
            buffer = buffer[count..];
        }
        return buffer;
    }

    private static void ThrowUnlessBusy()
    {
        var error = Marshal.GetLastPInvokeError();
        if (error is not (EAGAIN or EINTR))
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    private void Wait(short events)
    {
        var handle = socket.SafeHandle;
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
