using System.Globalization;
using System.Text.RegularExpressions;

namespace Futago.DataReplication.Rsync;

/// <summary>One line of <c>--info=progress2</c>.</summary>
/// <param name="Bytes">Looked at so far, copied or found to be there already.</param>
/// <param name="Percent">Null while rsync is still listing files, when its own figure means nothing.</param>
public sealed partial record RsyncProgress(long Bytes, int? Percent, long FilesTransferred, long? FilesLeft, long FilesTotal)
{
    /// <summary>Null when the line is not one.</summary>
    public static RsyncProgress? Parse(string line)
    {
        if (Line().Match(line) is not { Success: true } match || !TryNumber(match.Groups["bytes"].Value, out var bytes))
            return null;
        if (!match.Groups["check"].Success)
            return new RsyncProgress(bytes, null, 0, null, 0);
        var whole = match.Groups["check"].Value == "to";
        _ = TryNumber(match.Groups["done"].Value, out var done);
        _ = TryNumber(match.Groups["left"].Value, out var left);
        _ = TryNumber(match.Groups["total"].Value, out var total);
        _ = TryNumber(match.Groups["percent"].Value, out var percent);
        return new RsyncProgress(bytes, whole ? (int)Math.Clamp(percent, 0, 100) : null, done, whole ? left : null, total);
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    [GeneratedRegex(@"^\s*(?<bytes>\d{1,19})\s+(?<percent>\d{1,3})%\s+\S+\s+\d+:\d\d:\d\d(?:\s+\(xfr#(?<done>\d{1,18}), (?<check>ir|to)-chk=(?<left>\d{1,18})/(?<total>\d{1,18})\))?\s*$")]
    private static partial Regex Line();
}
