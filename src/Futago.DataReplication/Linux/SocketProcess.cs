using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>A process with a socket as standard input and output, as inetd starts them: its bytes never come here. posix_spawn(3).</summary>
internal sealed unsafe partial class SocketProcess
{
    private const int O_WRONLY = 1;
    private const short POSIX_SPAWN_SETSIGDEF = 0x04;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const int EINTR = 4;

    /// <summary>More than glibc's types take: posix_spawnattr_t has 336 bytes, posix_spawn_file_actions_t 80, sigset_t 128.</summary>
    private const int OpaqueBytes = 512;

    private readonly Task _exit;

    private SocketProcess(int id)
    {
        Id = id;
        _exit = Task.Factory.StartNew(() => Reap(id), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Id { get; }

    /// <param name="description">Its file, arguments, environment and working directory; standard error goes nowhere.</param>
    /// <param name="socket">Stays open here too, until whoever owns it closes it.</param>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public static SocketProcess Start(ProcessStartInfo description, SafeHandle socket)
    {
        nint[] arguments = [.. new[] { description.FileName }.Concat(description.ArgumentList).Select(Marshal.StringToCoTaskMemUTF8), 0];
        nint[] environment = [.. description.Environment.Select(v => Marshal.StringToCoTaskMemUTF8($"{v.Key}={v.Value}")), 0];
        byte* actions = stackalloc byte[OpaqueBytes], attributes = stackalloc byte[OpaqueBytes], signals = stackalloc byte[OpaqueBytes];
        Check(InitialiseActions(actions));
        Check(InitialiseAttributes(attributes));
        var added = false;
        try
        {
            socket.DangerousAddRef(ref added);
            var file = (int)socket.DangerousGetHandle();
            Check(AddDuplicate(actions, file, 0));
            Check(AddDuplicate(actions, file, 1));
            Check(AddOpen(actions, 2, "/dev/null", O_WRONLY, 0));
            Check(AddDirectory(actions, description.WorkingDirectory));
            // The runtime ignores SIGPIPE, and what is ignored stays so in a child.
            Check(FillSet(signals));
            Check(SetDefaults(attributes, signals));
            Check(EmptySet(signals));
            Check(SetMask(attributes, signals));
            Check(SetFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
            fixed (nint* argumentList = arguments, environmentList = environment)
            {
                Check(Spawn(out var id, description.FileName, actions, attributes, argumentList, environmentList));
                return new SocketProcess(id);
            }
        }
        finally
        {
            if (added)
                socket.DangerousRelease();
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
            foreach (var text in arguments.Concat(environment))
                Marshal.FreeCoTaskMem(text);
        }
    }

    /// <exception cref="OperationCanceledException">It still runs.</exception>
    /// <exception cref="TimeoutException">It still runs after <paramref name="limit"/>.</exception>
    public Task WaitForExitAsync(TimeSpan limit, CancellationToken cancellation) => _exit.WaitAsync(limit, cancellation);

    // The runtime reaps only what it has started itself.
    private static void Reap(int id)
    {
        while (WaitFor(id, out _, 0) < 0 && Marshal.GetLastPInvokeError() == EINTR)
        {
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int id, string path, byte* actions, byte* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitialiseActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int to, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddDirectory(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitialiseAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSet(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySet(byte* signals);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitFor(int id, out int status, int options);
}
