using System.Globalization;
using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;

namespace Futago.Management.Snapshots;

/// <summary>Which snapshots of one schedule its rules keep. Pure: it knows snapshots, rules and a time zone, and no clock.</summary>
public static class SnapshotRetention
{
    /// <summary>Of <see cref="RetentionRules.Last"/>, hours and days each; the sum of all rules stays below the snapshots that a volume can have.</summary>
    private const int ShortMax = 500;
    private const int WeeksMax = 200;
    private const int MonthsMax = 120;
    private const int YearsMax = 20;

    /// <exception cref="ProblemException">A count is out of range, or the rules keep nothing.</exception>
    public static RetentionRules Check(RetentionRules? rules)
    {
        if (rules is null)
            throw Invalid("retention", "Say what to keep: for example the last snapshot of each of 24 hours and 7 days.");
        InRange(rules.Last, ShortMax, "last");
        InRange(rules.Hours, ShortMax, "hours");
        InRange(rules.Days, ShortMax, "days");
        InRange(rules.Weeks, WeeksMax, "weeks");
        InRange(rules.Months, MonthsMax, "months");
        InRange(rules.Years, YearsMax, "years");
        return rules == new RetentionRules()
            ? throw Invalid("retention", "The rules keep nothing: give at least one of last, hours, days, weeks, months and years.")
            : rules;
    }

    /// <summary>The snapshots that no rule keeps, oldest first. The newest is never among them.</summary>
    public static IReadOnlyList<SnapshotInfo> Outdated(IEnumerable<SnapshotInfo> snapshots, RetentionRules rules, TimeZoneInfo zone)
    {
        var newestFirst = snapshots.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).ToList();
        var kept = newestFirst.Take(Math.Max(rules.Last, 1)).Select(s => s.Id).ToHashSet();
        // The offset tells the two equal hours apart when the clock goes back.
        Keep(rules.Hours, time => (time.Date, time.Hour, time.Offset));
        Keep(rules.Days, time => time.Date);
        Keep(rules.Weeks, time => (ISOWeek.GetYear(time.DateTime), ISOWeek.GetWeekOfYear(time.DateTime)));
        Keep(rules.Months, time => (time.Year, time.Month));
        Keep(rules.Years, time => time.Year);
        newestFirst.Reverse();
        return [.. newestFirst.Where(s => !kept.Contains(s.Id))];

        void Keep<TPeriod>(int periods, Func<DateTimeOffset, TPeriod> periodOf)
        {
            foreach (var last in newestFirst.DistinctBy(s => periodOf(TimeZoneInfo.ConvertTime(s.CreatedAt, zone))).Take(periods))
                kept.Add(last.Id);
        }
    }

    private static void InRange(int value, int maximum, string field)
    {
        if (value < 0 || value > maximum)
            throw Invalid(field, $"{field} is 0 to {maximum}.");
    }

    private static ProblemException Invalid(string field, string detail) => ProblemException.Invalid(ProblemCodes.RetentionInvalid, detail, field, ("rule", field));
}
