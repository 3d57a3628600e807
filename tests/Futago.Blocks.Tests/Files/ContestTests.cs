namespace Futago.Blocks.Tests.Files;

public sealed class ContestTests
{
    private Contest _contest;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void Faster_IsUsed_AndTheOtherTriedNowAndThen(int first, int second)
    {
        var secondUsed = Periods(80, first, second).TakeLast(40).Count(s => s);

        Assert.Equal(second > first ? 35 : 5, secondUsed);
    }

    /// <summary>A medium that was slow in one way for a while: no verdict for ever.</summary>
    [Fact]
    public void WhatChanges_IsFoundOut()
    {
        Assert.True(Periods(40, 1, 2).Count(s => s) > 30);

        Assert.True(Periods(400, 2, 1).TakeLast(40).Count(s => s) < 10);
    }

    [Fact]
    public void PeriodWithAPause_IsNotCounted()
    {
        Assert.False(_contest.Second);
        for (var i = 0; i < 10 * Contest.StepsOfPeriod; i++)
            _contest.Step(1, i % (Contest.StepsOfPeriod - 1) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1));
        Assert.False(_contest.Second);

        Period(1);
        Assert.True(_contest.Second);
    }

    /// <summary>Which way each of so many periods went.</summary>
    private List<bool> Periods(int count, int first, int second)
    {
        var ways = new List<bool>();
        for (var i = 0; i < count; i++)
        {
            ways.Add(_contest.Second);
            Period(_contest.Second ? second : first);
        }
        return ways;
    }

    private void Period(int done)
    {
        for (var i = 0; i < Contest.StepsOfPeriod; i++)
            _contest.Step(done, TimeSpan.FromMilliseconds(1));
    }
}
