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
    // Left as it was found when it is not known: the thread may be one that its process keeps back on purpose.
    private readonly int? _before;

    private UrgentThread(int? before) => _before = before;

    public static UrgentThread Begin()
    {
        // -1 is a priority and also an error, which only errno tells apart.
        var before = GetPriority(PRIO_PROCESS, 0);
        if (before == -1 && Marshal.GetLastPInvokeError() != 0)
            return default;
        return SetPriority(PRIO_PROCESS, 0, Urgent) == 0 ? new UrgentThread(before) : default;
    }

    public void Dispose()
    {
        if (_before is { } before)
            _ = SetPriority(PRIO_PROCESS, 0, before);
    }

    [LibraryImport("libc", EntryPoint = "getpriority", SetLastError = true)]
    internal static partial int GetPriority(int which, uint who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    internal static partial int SetPriority(int which, uint who, int priority);
}
