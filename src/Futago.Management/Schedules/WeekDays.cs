namespace Futago.Management.Schedules;

/// <summary>A set of days of the week.</summary>
[Flags]
public enum WeekDays
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 4,
    Thursday = 8,
    Friday = 16,
    Saturday = 32,
    Sunday = 64,
    All = 127,
}

public static class WeekDaysExtensions
{
    public static bool Includes(this WeekDays days, DayOfWeek day) => days.HasFlag(Of(day));

    public static WeekDays Of(DayOfWeek day) => day == DayOfWeek.Sunday ? WeekDays.Sunday : (WeekDays)(1 << ((int)day - 1));
}
