namespace Futago.Management.Schedules;

/// <summary>One time only.</summary>
/// <param name="At">Wall-clock time, whole minutes.</param>
public sealed record OnceSchedule(DateTime At) : Schedule
{
    protected override bool Includes(DateOnly day) => day == DateOnly.FromDateTime(At);

    protected override IEnumerable<DateTimeOffset> SlotsOf(DateOnly day, TimeZoneInfo zone, DateTimeOffset after) => [WallClock.InstantOf(At, zone)];

    // However far away.
    protected override IEnumerable<DateOnly> Days(DateOnly first, int count) => [DateOnly.FromDateTime(At)];
}
