using System.Runtime.InteropServices;

namespace Futago.DataReplication.Linux;

/// <summary>kill(2).</summary>
internal static partial class Signals
{
    private const int SIGTERM = 15;
    private const int SIGKILL = 9;

    public const int SIGVTALRM = 26;

    public static void Terminate(int processId) => _ = Kill(processId, SIGTERM);

    public static void End(int processId) => _ = Kill(processId, SIGKILL);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
