using System.Globalization;
using Futago.Console.Resources;

namespace Futago.Console.Components.Presentation;

/// <summary>Times as the console shows them: the node's own time zone, always with the offset, the same in every language.</summary>
public sealed class TimeText(TimeProvider clock)
{
    public string Format(DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss 'UTC'zzz", CultureInfo.InvariantCulture);

    /// <summary>To the millisecond.</summary>
    public string Exact(DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'zzz", CultureInfo.InvariantCulture);

    /// <summary>Time of day only, for today's entries in a narrow place; else as <see cref="Format"/>.</summary>
    public string Short(DateTimeOffset time)
    {
        var zone = clock.LocalTimeZone;
        var local = TimeZoneInfo.ConvertTime(time, zone);
        var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone);
        var pattern = local.Date == now.Date ? "HH:mm:ss 'UTC'zzz" : "yyyy-MM-dd HH:mm 'UTC'zzz";
        return local.ToString(pattern, CultureInfo.InvariantCulture);
    }

    /// <summary>To the millisecond and without the offset, which <see cref="Offset"/> puts above a column of them; the date only when it is not today.</summary>
    public string Moment(DateTimeOffset time)
    {
        var zone = clock.LocalTimeZone;
        var local = TimeZoneInfo.ConvertTime(time, zone);
        var pattern = local.Date == TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).Date ? "HH:mm:ss.fff" : "yyyy-MM-dd HH:mm:ss.fff";
        return local.ToString(pattern, CultureInfo.InvariantCulture);
    }

    /// <summary>The offset of the node's time zone at that time, such as <c>+09:00</c>.</summary>
    public string Offset(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("zzz", CultureInfo.InvariantCulture);

    /// <summary>A length of time in its two largest units, in the person's language: <c>2 d 3 h</c>, <c>5 min 10 s</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        var (days, hours, minutes, seconds) = (span.Days, span.Hours, span.Minutes, Math.Max(0, span.Seconds));
        return days > 0 ? Sentence.Of(CommonText.DurationDays, days, hours)
            : hours > 0 ? Sentence.Of(CommonText.DurationHours, hours, minutes)
            : minutes > 0 ? Sentence.Of(CommonText.DurationMinutes, minutes, seconds)
            : Sentence.Of(CommonText.DurationSeconds, seconds);
    }
}
