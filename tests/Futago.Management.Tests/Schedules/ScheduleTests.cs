using System.Globalization;
using Futago.Management.Schedules;

namespace Futago.Management.Tests.Schedules;

/// <summary>Slots over clock changes: Berlin 2026 goes forward on 29 March (02:00 → 03:00) and back on 25 October (03:00 → 02:00).</summary>
public sealed class ScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("Mon-Fri 18:00", "2026-03-27T18:00:00+01:00", "2026-03-30T18:00:00+02:00")]
    [InlineData("daily 02:30", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00")]
    [InlineData("daily 02:30", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00")]
    [InlineData("daily 02:30", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00")]
    [InlineData("daily 02:30", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00")]
    [InlineData("every 1h", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00")]
    [InlineData("every 1h", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00")]
    [InlineData("every 1h", "2026-10-25T23:00:00+01:00", "2026-10-26T00:00:00+01:00")]
    [InlineData("every 2h 08:00-20:00", "2026-06-01T20:00:00+02:00", "2026-06-02T08:00:00+02:00")]
    [InlineData("every 2h 08:00-20:00", "2026-06-01T18:30:00+02:00", "2026-06-01T20:00:00+02:00")]
    [InlineData("Fri every 1h 22:00-02:00", "2026-06-05T23:30:00+02:00", "2026-06-06T00:00:00+02:00")]
    [InlineData("Fri every 1h 22:00-02:00", "2026-06-06T02:00:00+02:00", "2026-06-12T22:00:00+02:00")]
    [InlineData("day 31 03:00", "2026-03-31T03:00:00+02:00", "2026-05-31T03:00:00+02:00")]
    [InlineData("day last 03:00", "2028-02-01T00:00:00+01:00", "2028-02-29T03:00:00+01:00")]
    [InlineData("once 2026-12-01 18:00", "2026-01-01T00:00:00+01:00", "2026-12-01T18:00:00+01:00")]
    public void NextAfter_AnInstant_IsTheSlot(string text, string after, string expected)
    {
        var slot = ScheduleText.Parse(text).NextAfter(Instant(after), Berlin);

        Assert.Equal(expected, slot?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void NextAfter_TheOnlySlot_IsNone() =>
        Assert.Null(ScheduleText.Parse("once 2026-12-01 18:00").NextAfter(Instant("2026-12-01T18:00:00+01:00"), Berlin));

    /// <summary>The reference example over two weeks with a clock change, each slot to the second.</summary>
    [Fact]
    public void MondayToFriday_OverTwoWeeksWithAClockChange_FiresAtSixInTheEvening()
    {
        var slots = ScheduleText.Parse("Mon-Fri 18:00").Next(Instant("2026-10-18T00:00:00+02:00"), Berlin, 10);

        Assert.Equal(
            [
                "2026-10-19T16:00Z", "2026-10-20T16:00Z", "2026-10-21T16:00Z", "2026-10-22T16:00Z", "2026-10-23T16:00Z",
                "2026-10-26T17:00Z", "2026-10-27T17:00Z", "2026-10-28T17:00Z", "2026-10-29T17:00Z", "2026-10-30T17:00Z",
            ],
            slots.Select(s => s.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)));
    }

    /// <summary>Whatever the zone and its changes: slots grow, each daily time occurs once per day, and none is invented.</summary>
    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Tokyo")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Pacific/Apia")]
    public void DailyTimes_InAnyZone_OccurOncePerDay(string zoneName)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        const int Seed = 20261121;
        Random random = new(Seed);
        for (var round = 0; round < 40; round++)
        {
            var time = new TimeOnly(random.Next(24), random.Next(60));
            var schedule = new WeeklySchedule(WeekDays.All, [time]);
            var start = new DateTimeOffset(random.Next(2005, 2030), random.Next(1, 13), 1, 0, 0, 0, TimeSpan.Zero);

            var slots = schedule.Next(start, zone, 400);

            for (var i = 1; i < slots.Count; i++)
            {
                Assert.True(slots[i] > slots[i - 1], $"{zoneName} seed {Seed} round {round}: {slots[i - 1]:O} then {slots[i]:O}");
                var local = TimeZoneInfo.ConvertTime(slots[i], zone).DateTime;
                var wanted = local.Date + time.ToTimeSpan();
                // Exactly the time, unless the clock skipped it that day (or the whole day before).
                Assert.True(local == wanted || zone.IsInvalidTime(wanted) || zone.IsInvalidTime(wanted.AddDays(-1)),
                    $"{zoneName} seed {Seed} round {round}: {slots[i]:O} for {time}");
            }
        }
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    public void Intervals_InAnyZone_AreExactWithinTheirWindow(string zoneName)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        const int Seed = 4711;
        Random random = new(Seed);
        for (var round = 0; round < 40; round++)
        {
            var every = TimeSpan.FromMinutes(random.Next(1, 600));
            var from = TimeSpan.FromMinutes(random.Next(0, 600));
            var to = from + TimeSpan.FromMinutes(random.Next(60, 600));
            var schedule = new IntervalSchedule(every, WeekDays.All, from, to);
            // Around the changes of either hemisphere.
            var start = new DateTimeOffset(2026, random.Next(2) == 0 ? 3 : 10, random.Next(20, 28), 0, 0, 0, TimeSpan.Zero);

            var slots = schedule.Next(start, zone, 300);

            for (var i = 1; i < slots.Count; i++)
            {
                var gap = slots[i] - slots[i - 1];
                var day = DateOnly.FromDateTime(slots[i].DateTime);
                var first = WallClock.InstantOf(day.ToDateTime(TimeOnly.MinValue) + from, zone);
                var last = WallClock.InstantOf(day.ToDateTime(TimeOnly.MinValue) + to, zone);
                Assert.True(slots[i] >= first && slots[i] <= last, $"{zoneName} seed {Seed} round {round}: {slots[i]:O} outside {from}–{to}");
                Assert.True(slots[i] == first || gap == every, $"{zoneName} seed {Seed} round {round}: {gap} instead of {every} at {slots[i]:O}");
            }
        }
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
