namespace Futago.Management.Schedules;

/// <summary>Chosen weekdays at chosen times.</summary>
/// <param name="Times">In order, without repetition.</param>
public sealed record WeeklySchedule(WeekDays On, IReadOnlyList<TimeOnly> Times) : Schedule
{
    protected override bool Includes(DateOnly day) => On.Includes(day.DayOfWeek);

    protected override IEnumerable<DateTimeOffset> SlotsOf(DateOnly day, TimeZoneInfo zone, DateTimeOffset after) =>
        Times.Select(time => WallClock.InstantOf(day.ToDateTime(time), zone));
}
