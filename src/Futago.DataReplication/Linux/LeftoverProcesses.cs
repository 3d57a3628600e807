using System.Globalization;
using System.Text;

namespace Futago.DataReplication.Linux;

/// <summary>
/// Processes of an engine that was killed. Each rsync carries a mark of its engine's directory in its environment, where nobody but
/// root can read it.
/// </summary>
internal static class LeftoverProcesses
{
    public const string MarkName = "FUTAGO_ENGINE";

    /// <summary>Ends every process with the mark, but not this one.</summary>
    /// <returns>How many there were.</returns>
    public static int End(string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"\0{MarkName}={mark}\0");
        var count = 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == Environment.ProcessId)
                continue;
            try
            {
                byte[] environment = [0, .. File.ReadAllBytes(Path.Combine(directory, "environ")), 0];
                if (environment.AsSpan().IndexOf(wanted) < 0)
                    continue;
                Signals.End(id);
                count++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is none of ours.
            }
        }
        return count;
    }
}
