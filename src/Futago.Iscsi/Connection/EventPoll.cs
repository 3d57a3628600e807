using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Iscsi.Connection;

/// <summary>The system's epoll(7): waits for any of very many descriptors. Who uses it sees to it that a descriptor is taken out before it is closed.</summary>
internal sealed unsafe partial class EventPoll : IDisposable
{
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC
    private const int AddOperation = 1; // EPOLL_CTL_ADD
    private const int DeleteOperation = 2; // EPOLL_CTL_DEL
    private const uint In = 1; // EPOLLIN; that the peer is gone is told in any case
    private const uint OneShot = 1u << 30; // EPOLLONESHOT

    /// <summary>struct epoll_event is packed on x86-64 only; a 32-bit mask, then what we gave it.</summary>
    private static readonly int _tokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? sizeof(uint) : sizeof(long);

    private readonly SafeFileHandle _poll;

    /// <exception cref="IOException">There are no descriptors left.</exception>
    public EventPoll()
    {
        var handle = epoll_create1(CloseOnExec);
        if (handle < 0)
            throw new IOException($"epoll_create1 failed with error {Marshal.GetLastPInvokeError()}");
        _poll = new SafeFileHandle(handle, ownsHandle: true);
    }

    /// <summary>Reports the token once, when there is something to read; at once when there is something already.</summary>
    /// <returns>False: the system has no room for it.</returns>
    public bool TryAdd(SafeHandle descriptor, long token) => Control(AddOperation, descriptor, token);

    public void Remove(SafeHandle descriptor) => Control(DeleteOperation, descriptor, 0);

    /// <summary>Waits until there is something.</summary>
    /// <returns>Tokens at the beginning of <paramref name="tokens"/>.</returns>
    public int Wait(Span<long> tokens)
    {
        const int Maximum = 64;
        var events = stackalloc byte[Maximum * (_tokenOffset + sizeof(long))];
        var count = epoll_wait(_poll, events, Math.Min(tokens.Length, Maximum), -1);
        for (var i = 0; i < count; i++)
            tokens[i] = BitConverter.ToInt64(new ReadOnlySpan<byte>(events + i * (_tokenOffset + sizeof(long)) + _tokenOffset, sizeof(long)));
        // A signal has come in between.
        return Math.Max(0, count);
    }

    private bool Control(int operation, SafeHandle descriptor, long token)
    {
        var request = stackalloc byte[_tokenOffset + sizeof(long)];
        BitConverter.TryWriteBytes(new Span<byte>(request, sizeof(uint)), In | OneShot);
        BitConverter.TryWriteBytes(new Span<byte>(request + _tokenOffset, sizeof(long)), token);
        return epoll_ctl(_poll, operation, descriptor, request) == 0;
    }

    public void Dispose() => _poll.Dispose();

#pragma warning disable IDE1006 // names of the system calls
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle poll, int operation, SafeHandle descriptor, byte* request);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeFileHandle poll, byte* events, int maximum, int timeoutMs);
#pragma warning restore IDE1006
}
