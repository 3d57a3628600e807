using System.Globalization;

namespace Futago.Volumes.Linux;

/// <summary>Who keeps a file system from being unmounted, as far as processes do: proc_pid_cwd(5), proc_pid_root(5), proc_pid_fd(5).</summary>
internal static class MountUsers
{
    /// <returns>"name (process 123)", at most <paramref name="maximum"/> of them.</returns>
    public static IReadOnlyList<string> Find(string mountPoint, int maximum = 5)
    {
        var users = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (users.Count == maximum)
                break;
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Uses(process, mountPoint))
                users.Add(string.Create(CultureInfo.InvariantCulture, $"{NameOf(process)} (process {id})"));
        }
        return users;
    }

    private static bool Uses(string process, string mountPoint)
    {
        try
        {
            return IsBelow($"{process}/cwd", mountPoint) || IsBelow($"{process}/root", mountPoint)
                || Directory.EnumerateFileSystemEntries($"{process}/fd").Any(f => IsBelow(f, mountPoint));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return false;
        }
    }

    private static bool IsBelow(string link, string mountPoint) =>
        new FileInfo(link).LinkTarget is { } target && (target == mountPoint || target.StartsWith(mountPoint + "/", StringComparison.Ordinal));

    private static string NameOf(string process)
    {
        try
        {
            return new string([.. File.ReadAllText($"{process}/comm").TrimEnd('\n').Where(c => !char.IsControl(c))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
