using System.Globalization;
using Futago.Volumes;
using Futago.Volumes.Programs;

namespace Futago.DataReplication.Settling;

/// <summary>
/// Files that a copy wrote shortly before the power failed: each has its name, length and time, and perhaps not its content. rsync would
/// take them for copied. With another time they are compared, and what differs is copied again.
/// </summary>
internal static class TornFiles
{
    /// <summary>No file of a source has it, so none looks as if it were copied.</summary>
    private const string OddTime = "@0.618033988";

    /// <summary>How far a clock may have been set back while the copy ran. A file more costs a comparison; a file less would stay torn.</summary>
    private static readonly TimeSpan ClockMargin = TimeSpan.FromDays(1);

    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);

    /// <summary>Gives another time to every file below the directory that was changed at this moment or later, names of any bytes included.</summary>
    /// <param name="since">Null: to every file.</param>
    /// <exception cref="IOException">Not all could be reached.</exception>
    public static async Task MarkAsync(string directory, DateTimeOffset? since)
    {
        // The change time is the kernel's alone: rsync sets every other.
        string[] changed = since is { } moment
            ? ["-newerct", string.Create(CultureInfo.InvariantCulture, $"@{(moment - ClockMargin).ToUnixTimeSeconds()}")]
            : [];
        try
        {
            var result = await ProgramRunner.RunAsync(
                "find", [directory, "-xdev", "-type", "f", .. changed, "-exec", "touch", "--no-create", "--no-dereference", "-m", $"--date={OddTime}", "--", "{}", "+"], Patience);
            if (result.ExitCode != 0)
                throw new IOException($"What an interrupted run wrote could not be marked for comparison: {result.Error}");
        }
        catch (StorageException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
