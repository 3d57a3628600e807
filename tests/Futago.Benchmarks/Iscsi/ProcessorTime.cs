using System.Globalization;

namespace Futago.Benchmarks.Iscsi;

public static class ProcessorTime
{
    // Fixed by the kernel's interface: USER_HZ is 100 on every architecture that Linux shows to user space.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time that a process has used, in seconds (proc(5), /proc/pid/stat fields 14 and 15).</summary>
    public static double SecondsOf(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        // The name in parentheses may contain spaces; fields are counted from behind it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
