namespace Futago.Management.Schedules;

/// <summary>Wall-clock times as instants, also on the days when clocks change.</summary>
public static class WallClock
{
    /// <summary>Clocks have skipped up to a whole day when a country moved across the date line.</summary>
    private const int GapMinutesMax = 26 * 60;

    /// <summary>A skipped time is the end of the gap; of a repeated one it is the first occurrence.</summary>
    public static DateTimeOffset InstantOf(DateTime wallClock, TimeZoneInfo zone)
    {
        var time = DateTime.SpecifyKind(wallClock, DateTimeKind.Unspecified);
        for (var minutes = 0; zone.IsInvalidTime(time) && minutes < GapMinutesMax; minutes++)
            time = time.AddMinutes(1);
        // The larger offset is the one before the clock goes back, and so the earlier instant.
        var offset = zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time);
        return new DateTimeOffset(time, offset);
    }
}
