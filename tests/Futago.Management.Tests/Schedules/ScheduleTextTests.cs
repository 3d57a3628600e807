using Futago.Engine.Contracts;
using Futago.Management.Schedules;

namespace Futago.Management.Tests.Schedules;

public sealed class ScheduleTextTests
{
    [Theory]
    [InlineData("Mon-Fri 18:00", "Mon-Fri 18:00")]
    [InlineData("mon - fri 18:00", "Mon-Fri 18:00")]
    [InlineData("Mon–Fri 18:00", "Mon-Fri 18:00")]
    [InlineData("Monday-Friday 8:05", "Mon-Fri 08:05")]
    [InlineData("Sat-Mon 18:00", "Mon,Sat,Sun 18:00")]
    [InlineData("mon, wed,fri 18:00, 06:00", "Mon,Wed,Fri 06:00,18:00")]
    [InlineData("18:00", "daily 18:00")]
    [InlineData("daily 18:00,18:00", "daily 18:00")]
    [InlineData("every 15 minutes", "every 15min")]
    [InlineData("every 90min", "every 90min")]
    [InlineData("every 120min", "every 2h")]
    [InlineData("Mon-Fri every 2 hours 08:00 - 20:00", "Mon-Fri every 2h 08:00-20:00")]
    [InlineData("every 1h 22:00-06:00", "every 1h 22:00-06:00")]
    [InlineData("every 1h 00:00-24:00", "every 1h")]
    [InlineData("day 15,1,last 03:00", "day 1,15,last 03:00")]
    [InlineData("once 2026-12-01 18:00", "once 2026-12-01 18:00")]
    public void Parse_OfAnySpelling_FormatsCanonically(string text, string canonical)
    {
        var schedule = ScheduleText.Parse(text);

        Assert.Equal(canonical, schedule.ToString());
        Assert.Equal(canonical, ScheduleText.Parse(canonical).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("whenever")]
    [InlineData("Mon-Fri")]
    [InlineData("Mon-Fri 25:00")]
    [InlineData("Mon-Fri 18:00:30")]
    [InlineData("Xyz 18:00")]
    [InlineData("Mon-Tue-Wed 18:00")]
    [InlineData("day 0 03:00")]
    [InlineData("day 32 03:00")]
    [InlineData("every 0min")]
    [InlineData("every 25h")]
    [InlineData("every 99999min")]
    [InlineData("every 5min 08:00-08:00")]
    [InlineData("every 5min 08:00")]
    [InlineData("once 2026-02-30 18:00")]
    [InlineData("once 2026-12-01")]
    [InlineData("\u0000")]
    public void Parse_OfAnythingElse_SaysWhatOneLooksLike(string text)
    {
        var refusal = Assert.Throws<ProblemException>(() => ScheduleText.Parse(text));

        Assert.Equal((ProblemCodes.ScheduleInvalid, "schedule"), (refusal.Problem.Code, refusal.Problem.Field));
    }

    [Fact]
    public void Parse_OfALongText_IsRefusedAtOnce() =>
        Assert.Throws<ProblemException>(() => ScheduleText.Parse(new string('1', 1_000_000)));
}
