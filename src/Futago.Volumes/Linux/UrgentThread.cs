using System.Runtime.InteropServices;

namespace Futago.Volumes.Linux;

/// <summary>
/// Until it is disposed of, on the same thread, the kernel prefers that thread to others: setpriority(2), which on Linux is about a thread. Without
/// the right to, nothing changes.
/// </summary>
internal readonly partial struct UrgentThread : IDisposable
{
    private const int PRIO_PROCESS = 0;
    private const int Urgent = -15;
    private const int Usual = 0;

    public static UrgentThread Begin()
    {
        _ = SetPriority(PRIO_PROCESS, 0, Urgent);
        return default;
    }

    public void Dispose() => _ = SetPriority(PRIO_PROCESS, 0, Usual);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
