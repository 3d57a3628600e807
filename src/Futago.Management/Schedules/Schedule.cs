namespace Futago.Management.Schedules;

/// <summary>
/// When a task runs, in wall-clock time of a time zone. A schedule is written as text (<see cref="ScheduleText"/>):
/// <c>Mon-Fri 18:00</c>, <c>every 15min 08:00-20:00</c>, <c>day 1,last 03:00</c>, <c>once 2026-12-01 18:00</c>.
/// </summary>
public abstract record Schedule
{
    /// <summary>A month without the 31st and a year's longest pause between two slots are both shorter.</summary>
    private const int DaysAheadMax = 400;

    /// <summary>
    /// The first slot after <paramref name="instant"/>; null when there is none any more. A time of day that a clock change skips
    /// takes place at the end of the gap, one that a clock change repeats takes place once, the first time.
    /// </summary>
    public DateTimeOffset? NextAfter(DateTimeOffset instant, TimeZoneInfo zone)
    {
        // The day before as well: a window may reach over midnight, and a gap may push a slot into the next day.
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime).AddDays(-1);
        DateTimeOffset? found = null;
        foreach (var day in Days(first, DaysAheadMax))
        {
            foreach (var slot in SlotsOf(day, zone, instant))
            {
                if (slot > instant && (found is null || slot < found))
                    found = slot;
            }
            // Slots of the following day cannot come before this one's, except over a window that reaches into it: one more day decides.
            if (found is { } known && WallClock.InstantOf(day.AddDays(1).ToDateTime(TimeOnly.MinValue), zone) > known)
                break;
        }
        return found;
    }

    /// <summary>The next <paramref name="count"/> slots, fewer when the schedule ends.</summary>
    public IReadOnlyList<DateTimeOffset> Next(DateTimeOffset instant, TimeZoneInfo zone, int count)
    {
        List<DateTimeOffset> slots = [];
        for (var after = instant; slots.Count < count && NextAfter(after, zone) is { } slot; after = slot)
            slots.Add(slot);
        return slots;
    }

    /// <summary>The schedule as <see cref="ScheduleText.Parse"/> reads it.</summary>
    public sealed override string ToString() => ScheduleText.Format(this);

    /// <summary>Whether slots begin on the day.</summary>
    protected abstract bool Includes(DateOnly day);

    /// <summary>The slots that begin on a day; an implementation may leave out those up to <paramref name="after"/>.</summary>
    protected abstract IEnumerable<DateTimeOffset> SlotsOf(DateOnly day, TimeZoneInfo zone, DateTimeOffset after);

    /// <summary>The days to look at, beginning with <paramref name="first"/>.</summary>
    protected virtual IEnumerable<DateOnly> Days(DateOnly first, int count) => Enumerable.Range(0, count).Select(first.AddDays).Where(Includes);
}
