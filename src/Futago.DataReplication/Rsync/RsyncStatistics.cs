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
    /// <summary>Size of everything by bytes sent and received.</summary>
    public double Speedup => SentBytes + ReceivedBytes == 0 ? 0 : (double)TotalBytes / (SentBytes + ReceivedBytes);

    /// <summary>Null when the lines hold no statistics, because rsync ended before it came to them.</summary>
    public static RsyncStatistics? Parse(IEnumerable<string> lines)
    {
        Dictionary<string, long> values = new(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                continue;
            var number = line.AsSpan(colon + 1).TrimStart();
            var end = number.IndexOfAnyExceptInRange('0', '9');
            if (long.TryParse(end < 0 ? number : number[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                values[line[..colon]] = value;
        }
        if (!values.TryGetValue("Number of files", out var files) || !values.TryGetValue("Total bytes sent", out var sent))
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
}
