using System.Globalization;

namespace Futago.DataReplication.Rsync;

/// <summary>What <c>--info=stats2</c> reports at the end.</summary>
/// <param name="Files">At the source: files, directories, links.</param>
/// <param name="LiteralBytes">Sent because the destination did not have them.</param>
public sealed record RsyncStatistics(
    long Files,
    long FilesCreated,
    long FilesDeleted,
    long FilesTransferred,
    long TotalBytes,
    long TransferredBytes,
    long LiteralBytes,
    long MatchedBytes,
    long SentBytes,
    long ReceivedBytes)
{
    private const string FirstName = "Number of files";

    /// <summary>Size of everything by bytes sent and received.</summary>
    public double Speedup => SentBytes + ReceivedBytes == 0 ? 0 : (double)TotalBytes / (SentBytes + ReceivedBytes);

    /// <summary>Every name that rsync gives to a number of its statistics; each stands at the beginning of a line.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        FirstName, "Number of created files", "Number of deleted files", "Number of regular files transferred", "Total file size", "Total transferred file size",
        "Literal data", "Matched data", "File list size", "File list generation time", "File list transfer time", "Total bytes sent", "Total bytes received",
    };

    /// <summary>
    /// Null when the output does not end with statistics, because rsync ended before it came to them. They are the very last that it prints: one
    /// block of lines, each name once, and behind it two lines that sum up. Whatever stands before the block or between its lines is no part of it.
    /// </summary>
    /// <param name="lines">The last lines of standard output.</param>
    public static RsyncStatistics? Parse(IReadOnlyList<string> lines)
    {
        if (lines.Count < 2 || !lines[^1].StartsWith("total size is ", StringComparison.Ordinal) || !lines[^2].StartsWith("sent ", StringComparison.Ordinal))
            return null;
        Dictionary<string, long> values = new(StringComparer.Ordinal);
        for (var i = lines.Count - 3; i >= 0 && !values.ContainsKey(FirstName); i--)
        {
            if (ParseLine(lines[i]) is not var (name, value) || !Names.Contains(name) || !values.TryAdd(name, value))
                return null;
        }
        if (!values.TryGetValue(FirstName, out var files) || !values.TryGetValue("Total bytes sent", out var sent))
            return null;
        return new RsyncStatistics(
            files,
            values.GetValueOrDefault("Number of created files"),
            values.GetValueOrDefault("Number of deleted files"),
            values.GetValueOrDefault("Number of regular files transferred"),
            values.GetValueOrDefault("Total file size"),
            values.GetValueOrDefault("Total transferred file size"),
            values.GetValueOrDefault("Literal data"),
            values.GetValueOrDefault("Matched data"),
            sent,
            values.GetValueOrDefault("Total bytes received"));
    }

    private static (string Name, long Value)? ParseLine(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            return null;
        var number = line.AsSpan(colon + 1).TrimStart();
        var end = number.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? number : number[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? (line[..colon], value) : null;
    }
}
