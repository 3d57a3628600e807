using Futago.DataReplication.Rsync;

namespace Futago.DataReplication.Tests.Rsync;

public sealed class RsyncEstimateTests
{
    [Fact]
    public void BeforeTheFirstLine_WhatWasReadIsKnownAndNoPercentage()
    {
        var now = new RsyncEstimate().At(5000);

        Assert.Equal((5000, (int?)null), (now.Bytes, now.Percent));
    }

    [Fact]
    public void WithinALargeFile_BytesAndPercentageGrowByWhatIsRead()
    {
        var estimate = new RsyncEstimate();
        estimate.Say(new RsyncProgress(1000, 10, 3, 7, 10), read: 1200);

        var now = estimate.At(1200 + 2000);

        Assert.Equal(new RsyncProgress(3000, 30, 3, 7, 10), now);
    }

    /// <summary>10 % may be anything up to 11 %: the whole is between 9091 and 10000.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(5000)]
    [InlineData(8090)]
    public void Percentage_IsNeverMoreThanTheTrueOne(long more)
    {
        for (var whole = 9091; whole <= 10000; whole++)
        {
            var estimate = new RsyncEstimate();
            estimate.Say(new RsyncProgress(1000, 1000 * 100 / whole, 3, 7, 10), read: 0);

            var now = estimate.At(more);

            Assert.InRange(now.Percent!.Value, 10, (1000 + more) * 100 / whole);
        }
    }

    [Fact]
    public void Percentage_FromALineOfZero_IsNotKnown()
    {
        var estimate = new RsyncEstimate();
        estimate.Say(new RsyncProgress(1000, 0, 3, 7, 10), read: 0);

        Assert.Null(estimate.At(1 << 30).Percent);
    }

    [Fact]
    public void Estimate_ThatReadMoreThanThereIs_IsNotDone()
    {
        var estimate = new RsyncEstimate();
        estimate.Say(new RsyncProgress(1000, 50, 3, 1, 4), read: 0);

        Assert.Equal(99, estimate.At(1 << 30).Percent);
    }

    [Fact]
    public void Bytes_NeverGoBack()
    {
        var estimate = new RsyncEstimate();
        estimate.At(5000);

        var said = estimate.Say(new RsyncProgress(4000, 40, 3, 7, 10), read: 5000);

        Assert.Equal((5000, 40), (said.Bytes, said.Percent));
        Assert.Equal(5000, estimate.At(5000).Bytes);
    }

    /// <summary>When it could not be told how much had been read, what is read afterwards says nothing.</summary>
    [Fact]
    public void LineOfAProcessThatHasGone_StaysAsItIs()
    {
        var estimate = new RsyncEstimate();
        var line = new RsyncProgress(1000, 10, 3, 7, 10);
        estimate.Say(line, read: null);

        Assert.Equal(line, estimate.At(1 << 30));
    }
}
