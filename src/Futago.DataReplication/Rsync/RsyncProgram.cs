using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Rsync;

/// <summary>The rsync that is installed, and how it is started: no shell, an empty environment, untranslated messages.</summary>
public static partial class RsyncProgram
{
    public const string Path = "/usr/bin/rsync";

    /// <summary>From here on the known ways out of a daemon's directory and races with symbolic links are closed.</summary>
    public static Version SafeVersion { get; } = new(3, 5, 0);

    public static bool IsInstalled => File.Exists(Path);

    /// <summary>Null when it is not installed or says something else.</summary>
    public static async Task<string?> ReadVersionAsync()
    {
        if (!IsInstalled)
            return null;
        using var process = Process.Start(Describe(["--version"], null))!;
        process.StandardInput.Close();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return VersionLine().Match(text) is { Success: true } match ? match.Groups[1].Value : null;
    }

    /// <summary>True for a version below <see cref="SafeVersion"/>: the guards of this product apply, and a warning is due.</summary>
    public static bool IsOld(string? version) => Version.TryParse(version, out var number) && number < SafeVersion;

    /// <param name="mark">Of the engine's directory, so that its next start can find what it left; null for none.</param>
    internal static ProcessStartInfo Describe(IEnumerable<string> arguments, string? mark)
    {
        var start = new ProcessStartInfo(Path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        if (mark is not null)
            start.Environment[LeftoverProcesses.MarkName] = mark;
        return start;
    }

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^rsync\s+version\s+(\d+\.\d+\.\d+)")]
    private static partial Regex VersionLine();
}
