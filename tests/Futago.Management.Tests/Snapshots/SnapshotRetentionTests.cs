using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Management.Snapshots;

namespace Futago.Management.Tests.Snapshots;

public sealed class SnapshotRetentionTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void EveryHourForADayAndEveryDayForAWeek_KeepsTheLastOfEach()
    {
        var start = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.FromHours(1));
        // Every hour for two weeks; the newest is of 2026-12-14 23:00.
        var all = Enumerable.Range(0, 14 * 24).Select(h => At(start.AddHours(h))).ToList();

        var kept = Kept(all, new RetentionRules(Hours: 24, Days: 7), Berlin);

        Assert.Equal(
            [
                .. Enumerable.Range(8, 6).Select(d => $"12-{d:00} 23:00"),
                .. Enumerable.Range(0, 24).Select(h => $"12-14 {h:00}:00"),
            ],
            kept.Select(s => TimeZoneInfo.ConvertTime(s.CreatedAt, Berlin).ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void PeriodsWithoutASnapshot_AreNotCounted()
    {
        // Friday evening, then nothing until Monday: Friday's is one of two days, and the clock alone deletes nothing.
        var all = new[] { At(Day(12, 3)), At(Day(12, 4)), At(Day(12, 7)) };

        Assert.Equal([all[1], all[2]], Kept(all, new RetentionRules(Days: 2), Berlin));
        Assert.Equal(all, Kept(all, new RetentionRules(Days: 3), Berlin));
    }

    [Fact]
    public void HourThatTheClockRepeats_IsTwoHours()
    {
        // 2026-10-25: 03:00 summer time is 02:00 winter time.
        var all = new[] { At(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero)), At(new DateTimeOffset(2026, 10, 25, 1, 30, 0, TimeSpan.Zero)) };

        Assert.Equal(all, Kept(all, new RetentionRules(Hours: 2), Berlin));
    }

    [Fact]
    public void Week_BeginsOnMondayAndGoesOverTheYear()
    {
        // 2026-12-28 is a Monday; its week ends on 2027-01-03.
        var all = new[] { At(new DateTimeOffset(2026, 12, 27, 12, 0, 0, TimeSpan.Zero)), At(new DateTimeOffset(2026, 12, 28, 12, 0, 0, TimeSpan.Zero)), At(new DateTimeOffset(2027, 1, 3, 12, 0, 0, TimeSpan.Zero)) };

        Assert.Equal([all[0], all[2]], Kept(all, new RetentionRules(Weeks: 2), Berlin));
    }

    [Fact]
    public void Newest_IsKeptByAnyRules()
    {
        var all = new[] { At(Day(12, 3)), At(Day(12, 3).AddHours(1)) };

        Assert.Equal([all[1]], Kept(all, new RetentionRules(Years: 1), Berlin));
    }

    [Theory]
    [InlineData(0, 0, "retention")]
    [InlineData(-1, 0, "last")]
    [InlineData(501, 0, "last")]
    [InlineData(1, 121, "months")]
    public void Check_OfRulesThatKeepNothingOrAreOutOfRange_NamesTheField(int last, int months, string field)
    {
        var problem = Refusal.Of(() => SnapshotRetention.Check(new RetentionRules(last, Months: months)));

        Assert.Equal((ProblemCodes.RetentionInvalid, field), (problem.Code, problem.Field));
    }

    private static List<SnapshotInfo> Kept(IReadOnlyList<SnapshotInfo> all, RetentionRules rules, TimeZoneInfo zone) =>
        [.. all.Except(SnapshotRetention.Outdated(all, rules, zone)).OrderBy(s => s.CreatedAt)];

    private static DateTimeOffset Day(int month, int day) => new(2026, month, day, 18, 0, 0, TimeSpan.FromHours(1));

    private static SnapshotInfo At(DateTimeOffset time) => new(
        Guid.NewGuid(), Guid.Empty, "vg00", "nas0", "auto", SnapshotOrigin.Schedule, "task", false, false, 1, null, time, 0, null, []);
}
