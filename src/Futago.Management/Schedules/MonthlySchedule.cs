namespace Futago.Management.Schedules;

/// <summary>Chosen days of the month at chosen times. A month that lacks a day has no slot for it.</summary>
/// <param name="On">1–31, or <see cref="Last"/>; in order, without repetition.</param>
public sealed record MonthlySchedule(IReadOnlyList<int> On, IReadOnlyList<TimeOnly> Times) : Schedule
{
    /// <summary>Stands for the last day of the month, whichever it is.</summary>
    public const int Last = 32;

    protected override bool Includes(DateOnly day) =>
        On.Contains(day.Day) || (On.Contains(Last) && day.Day == DateTime.DaysInMonth(day.Year, day.Month));

    protected override IEnumerable<DateTimeOffset> SlotsOf(DateOnly day, TimeZoneInfo zone, DateTimeOffset after) =>
        Times.Select(time => WallClock.InstantOf(day.ToDateTime(time), zone));
}
