using System.Globalization;

namespace Futago.Benchmarks.Iscsi;

public static class ProcessMemory
{
    /// <summary>Resident memory of a process in KiB (proc(5), VmRSS of /proc/pid/status).</summary>
    public static double KibibytesOf(int pid) => double.Parse(
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Open file descriptors.</summary>
    public static int HandlesOf(int pid) => Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")).Length;
}
