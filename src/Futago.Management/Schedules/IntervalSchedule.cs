namespace Futago.Management.Schedules;

/// <summary>
/// Every so many minutes within a window of the day. The first slot is the window's start, the others follow at exactly the interval
/// in real time, whatever the clock does meanwhile; each day begins anew. The window's end is a slot too when one falls on it.
/// </summary>
/// <param name="Every">1 minute to 24 hours.</param>
/// <param name="To">Up to 24:00; before <paramref name="From"/> when the window reaches over midnight.</param>
public sealed record IntervalSchedule(TimeSpan Every, WeekDays On, TimeSpan From, TimeSpan To) : Schedule
{
    public static TimeSpan DayEnd { get; } = TimeSpan.FromHours(24);

    protected override bool Includes(DateOnly day) => On.Includes(day.DayOfWeek);

    protected override IEnumerable<DateTimeOffset> SlotsOf(DateOnly day, TimeZoneInfo zone, DateTimeOffset after)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        var start = WallClock.InstantOf(midnight + From, zone);
        var end = WallClock.InstantOf(midnight + (To > From ? To : To + DayEnd), zone);
        var passed = after < start ? 0 : (after - start) / Every;
        var slot = start + Math.Floor(passed) * Every;
        // Midnight is the first slot of the next day.
        for (; slot < end || (slot == end && To != DayEnd); slot += Every)
        {
            if (slot > after)
            {
                yield return TimeZoneInfo.ConvertTime(slot, zone);
                yield break;
            }
        }
    }
}
