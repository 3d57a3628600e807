using System.Net.Sockets;
using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.Transport;

/// <summary>
/// The bytes of a socket, whose calls wait in the kernel, on the thread that makes them. The runtime's own calls would make the socket known
/// to its engine, which from then on wakes two threads for every packet, whoever reads it: a tenth of what a copy costs. Much data has a
/// thread for each direction; an asynchronous call, which little is said with, waits on a thread made for it.
/// </summary>
public abstract partial class BlockingStream(Socket socket) : SequentialStream, IEagerStream
{
    private const int NoTimeout = -1;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int EINTR = 4;
    private const int EAGAIN = 11;

    /// <summary>For a call of the system: it returns at once.</summary>
    protected const int MSG_DONTWAIT = 0x40;

    /// <summary>What there was nothing to do without.</summary>
    protected enum Need : short
    {
        None = 0,
        Readable = 1, // POLLIN
        Writable = 4, // POLLOUT
    }

    protected Socket Socket => socket;

    /// <summary>Ends both directions; a thread that waits in one of them returns.</summary>
    public void Abort() => Shutdown(SocketShutdown.Both);

    public sealed override int Read(Span<byte> buffer)
    {
        int count;
        while (TryRead(buffer, out count) is var need and not Need.None)
            WaitFor(need);
        return count;
    }

    public sealed override void Write(ReadOnlySpan<byte> buffer)
    {
        while (TryWrite(ref buffer) is var need and not Need.None)
            WaitFor(need);
    }

    public sealed override void Flush()
    {
        while (TryFlush() is var need and not Need.None)
            WaitFor(need);
    }

    public bool TryWriteAndFlush(ref ReadOnlySpan<byte> bytes) => TryWrite(ref bytes) == Need.None && TryFlush() == Need.None;

    /// <param name="buffer">Where to.</param>
    /// <param name="cancellationToken">Ends the connection.</param>
    public sealed override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryRead(buffer.Span, out var count) == Need.None)
            return count;
        await OnThreadAsync(() => count = Read(buffer.Span), cancellationToken);
        return count;
    }

    /// <param name="buffer">What.</param>
    /// <param name="cancellationToken">Ends the connection.</param>
    public sealed override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryWriteSome(buffer.Span, out var left) != Need.None)
            await OnThreadAsync(() => Write(buffer.Span[^left..]), cancellationToken);
    }

    /// <param name="cancellationToken">Ends the connection.</param>
    public sealed override async Task FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryFlush() != Need.None)
            await OnThreadAsync(Flush, cancellationToken);
    }

    /// <summary>Makes calls that wait, on a thread made for them.</summary>
    /// <param name="calls">Of this stream.</param>
    /// <param name="cancellation">Ends the connection.</param>
    public async Task OnThreadAsync(Action calls, CancellationToken cancellation)
    {
        using var end = cancellation.Register(Abort);
        try
        {
            await Task.Factory.StartNew(calls, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <param name="buffer">Where to; at least one byte.</param>
    /// <param name="count">How much came; 0 at the end.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    protected abstract Need TryRead(Span<byte> buffer, out int count);

    /// <param name="buffer">What; becomes what is left of it.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    protected abstract Need TryWrite(ref ReadOnlySpan<byte> buffer);

    /// <summary>Nothing is kept back, unless who derives keeps something.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    protected virtual Need TryFlush() => Need.None;

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

    protected void WaitFor(Need need)
    {
        var handle = socket.SafeHandle;
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            var entry = new PollEntry { File = (int)handle.DangerousGetHandle(), Events = (short)need };
            // What came, an error included, the next call says.
            _ = Poll(ref entry, 1, NoTimeout);
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    protected void Shutdown(SocketShutdown directions)
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

    /// <param name="bytes">What, as it goes over the wire.</param>
    /// <param name="count">How much of it there was room for.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    protected Need TrySend(ReadOnlySpan<byte> bytes, out int count)
    {
        count = (int)Send(socket.SafeHandle, ref MemoryMarshal.GetReference(bytes), bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL);
        return count < 0 ? Unless(Need.Writable) : Need.None;
    }

    /// <summary>After a call of the system that failed.</summary>
    protected static Need Unless(Need busy)
    {
        var error = Marshal.GetLastPInvokeError();
        return error is EAGAIN or EINTR ? busy : throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    private Need TryWriteSome(ReadOnlySpan<byte> buffer, out int left)
    {
        var need = TryWrite(ref buffer);
        left = buffer.Length;
        return need;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, ref readonly byte buffer, nint length, int flags);
}
