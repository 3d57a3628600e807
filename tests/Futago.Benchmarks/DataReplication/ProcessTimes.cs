using System.Globalization;

namespace Futago.Benchmarks.DataReplication;

/// <summary>User and system time in seconds, proc(5), /proc/pid/stat fields 14 to 17.</summary>
public static class ProcessTimes
{
    // Fixed by the kernel's interface: USER_HZ is 100 on every architecture that Linux shows to user space.
    private const double TicksPerSecond = 100;

    /// <summary>Of a process and those of its children that have ended and were waited for.</summary>
    public static double WithChildren(int pid) => Sum(pid, 11, 4);

    /// <summary>Of the children alone that have ended and were waited for.</summary>
    public static double OfEndedChildren(int pid) => Sum(pid, 13, 2);

    private static double Sum(int pid, int first, int count)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        // The name in parentheses may contain spaces; fields are counted from behind it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Skip(first).Take(count).Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
