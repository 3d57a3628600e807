using System.Globalization;
using System.Text.RegularExpressions;
using Futago.Engine.Contracts;

namespace Futago.Management.Schedules;

/// <summary>
/// Schedules as text. What <see cref="Format"/> writes is what <see cref="Parse"/> reads; the parser also takes other cases, blanks
/// after commas, long words for units, and an en dash for a hyphen.
/// </summary>
public static partial class ScheduleText
{
    private const int LengthMax = 200;
    private const int TimesMax = 48;

    private static readonly string[] DayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <param name="field">The request's field, for the refusal.</param>
    /// <exception cref="ProblemException">It is not a schedule; the sentence says what one looks like.</exception>
    public static Schedule Parse(string text, string field = "schedule")
    {
        var words = text.Length > LengthMax ? [] : Separators().Replace(text.Trim().ToLowerInvariant().Replace('–', '-'), "$1").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["once", var date, var time] when TryDate(date, out var day) && TryTime(time, out var at) => new OnceSchedule(day.ToDateTime(at)),
            ["day" or "days", var days, var times] => new MonthlySchedule(MonthDays(days, text, field), Times(times, text, field)),
            ["every", .. var rest] => Interval(WeekDays.All, rest, text, field),
            [var days, "every", .. var rest] => Interval(Days(days, text, field), rest, text, field),
            [var times] when char.IsAsciiDigit(times[0]) => new WeeklySchedule(WeekDays.All, Times(times, text, field)),
            [var days, var times] => new WeeklySchedule(Days(days, text, field), Times(times, text, field)),
            _ => throw Invalid(text, field),
        };
    }

    public static string Format(Schedule schedule) => schedule switch
    {
        WeeklySchedule s => $"{FormatDays(s.On)} {FormatTimes(s.Times)}",
        MonthlySchedule s => $"day {string.Join(',', s.On.Select(d => d == MonthlySchedule.Last ? "last" : d.ToString(CultureInfo.InvariantCulture)))} {FormatTimes(s.Times)}",
        OnceSchedule s => s.At.ToString("'once' yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        IntervalSchedule s => (s.On == WeekDays.All ? "" : FormatDays(s.On) + " ") + "every " + FormatInterval(s.Every) + FormatWindow(s),
        _ => throw new ArgumentOutOfRangeException(nameof(schedule)),
    };

    private static IntervalSchedule Interval(WeekDays on, string[] rest, string text, string field)
    {
        // "15 min" as well as "15min".
        if (rest is [var number, var unit, ..] && number.All(char.IsAsciiDigit))
            rest = [number + unit, .. rest[2..]];
        if (rest is not [var every, ..] || rest.Length > 2 || Every().Match(every) is not { Success: true } match
            || !int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw Invalid(text, field);
        var minutes = match.Groups[2].Value[0] == 'h' ? count * 60L : count;
        if (minutes is < 1 or > 24 * 60)
            throw ProblemException.Invalid(ProblemCodes.ScheduleInvalid, "An interval is 1 minute to 24 hours.", field, ("schedule", Printable(text)));
        var (from, to) = rest.Length == 2 ? Window(rest[1], text, field) : (TimeSpan.Zero, IntervalSchedule.DayEnd);
        return new IntervalSchedule(TimeSpan.FromMinutes(minutes), on, from, to);
    }

    private static (TimeSpan From, TimeSpan To) Window(string window, string text, string field)
    {
        if (window.Split('-') is not [var from, var to] || !TryTime(from, out var start))
            throw Invalid(text, field);
        var end = to == "24:00" ? IntervalSchedule.DayEnd : TryTime(to, out var time) ? time.ToTimeSpan() : throw Invalid(text, field);
        return end == start.ToTimeSpan() ? throw Invalid(text, field) : (start.ToTimeSpan(), end);
    }

    private static WeekDays Days(string text, string whole, string field)
    {
        if (text is "daily" or "everyday")
            return WeekDays.All;
        var days = WeekDays.None;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-').Select(DayIndex).ToArray();
            if (ends.Length > 2 || ends.Contains(-1))
                throw Invalid(whole, field);
            // "Sat-Mon" goes over the week's end.
            for (var day = ends[0]; ; day = (day + 1) % 7)
            {
                days |= (WeekDays)(1 << day);
                if (day == ends[^1])
                    break;
            }
        }
        return days;
    }

    private static int DayIndex(string name) =>
        name.Length < 3 ? -1 : Array.FindIndex(DayNames, d => name == d || (name.StartsWith(d, StringComparison.Ordinal) && name.EndsWith("day", StringComparison.Ordinal)));

    private static List<int> MonthDays(string text, string whole, string field)
    {
        List<int> days = [];
        foreach (var part in text.Split(','))
        {
            if (part == "last")
                days.Add(MonthlySchedule.Last);
            else if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 31)
                days.Add(day);
            else
                throw Invalid(whole, field);
        }
        return [.. days.Distinct().Order()];
    }

    private static List<TimeOnly> Times(string text, string whole, string field)
    {
        var times = text.Split(',').Select(part => TryTime(part, out var time) ? time : throw Invalid(whole, field)).Distinct().Order().ToList();
        return times.Count <= TimesMax ? times : throw Invalid(whole, field);
    }

    private static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && date.Year is >= 2000 and <= 9000;

    private static string FormatDays(WeekDays days)
    {
        if (days == WeekDays.All)
            return "daily";
        List<string> parts = [];
        for (var first = 0; first < 7; first++)
        {
            if (!Has(days, first))
                continue;
            var last = first;
            while (last < 6 && Has(days, last + 1))
                last++;
            parts.Add(last - first >= 2 ? $"{Name(first)}-{Name(last)}" : string.Join(',', Enumerable.Range(first, last - first + 1).Select(Name)));
            first = last;
        }
        return string.Join(',', parts);
    }

    private static bool Has(WeekDays days, int index) => days.HasFlag((WeekDays)(1 << index));

    private static string Name(int index) => char.ToUpperInvariant(DayNames[index][0]) + DayNames[index][1..];

    private static string FormatTimes(IEnumerable<TimeOnly> times) => string.Join(',', times.Select(t => t.ToString("HH:mm", CultureInfo.InvariantCulture)));

    private static string FormatInterval(TimeSpan every) => every.TotalMinutes % 60 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{every.TotalHours:0}h")
        : string.Create(CultureInfo.InvariantCulture, $"{every.TotalMinutes:0}min");

    private static string FormatWindow(IntervalSchedule s) =>
        s.From == TimeSpan.Zero && s.To == IntervalSchedule.DayEnd ? "" : $" {FormatSpan(s.From)}-{FormatSpan(s.To)}";

    private static string FormatSpan(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}");

    private static ProblemException Invalid(string text, string field) => ProblemException.Invalid(ProblemCodes.ScheduleInvalid,
        $"“{Printable(text)}” is not a schedule. Write for example “Mon-Fri 18:00”, “every 15min 08:00-20:00”, “day 1,last 03:00” or “once 2026-12-01 18:00”.",
        field, ("schedule", Printable(text)));

    private static string Printable(string text) => new([.. text.Take(LengthMax).Select(c => char.IsControl(c) ? '?' : c)]);

    [GeneratedRegex(@"^(\d{1,4})(m|min|mins|minute|minutes|h|hour|hours)$")]
    private static partial Regex Every();

    /// <summary>Blanks around commas and hyphens.</summary>
    [GeneratedRegex(@"\s*([,-])\s*")]
    private static partial Regex Separators();
}
