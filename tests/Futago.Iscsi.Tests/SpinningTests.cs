using Futago.Iscsi.Connection;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>When a connection looks for its next request instead of sleeping until it comes.</summary>
public sealed class SpinningTests
{
    private static readonly TimeSpan _spinTime = TimeSpan.FromMicroseconds(60);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Spin_AfterAShortGap_TriesUntilSomethingComes()
    {
        var spinning = After(TimeSpan.FromMicroseconds(100), _spinTime);
        var attempts = 0;

        Assert.True(spinning.Spin(() => ++attempts == 3));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public void Spin_AfterAGapOfTwiceTheTime_DoesNotTry() => Assert.False(After(TimeSpan.FromMicroseconds(120), _spinTime).Spin(Unexpected));

    [Fact]
    public void Spin_BeforeAnythingHasCome_DoesNotTry() => Assert.False(new Spinning(_spinTime, _time).Spin(Unexpected));

    [Fact]
    public void Spin_SwitchedOff_DoesNotTry() => Assert.False(After(TimeSpan.Zero, TimeSpan.Zero).Spin(Unexpected));

    [Fact]
    public void Spin_NothingComesInTime_GivesUp()
    {
        var spinning = After(TimeSpan.FromMicroseconds(1), _spinTime);
        var attempts = 0;

        Assert.False(spinning.Spin(() =>
        {
            _time.Advance(TimeSpan.FromMicroseconds(10));
            attempts++;
            return false;
        }));
        Assert.Equal(6, attempts);
    }

    [Fact]
    public void Spin_OnAClockThatStands_GivesUpAllTheSame()
    {
        var attempts = 0;

        Assert.False(After(TimeSpan.FromMicroseconds(1), _spinTime).Spin(() => ++attempts < 0));
        Assert.InRange(attempts, 1, 100_000);
    }

    private Spinning After(TimeSpan gap, TimeSpan spinTime)
    {
        var spinning = new Spinning(spinTime, _time);
        spinning.BeginWait();
        _time.Advance(gap);
        spinning.EndWait();
        return spinning;
    }

    private static bool Unexpected() => throw new InvalidOperationException("It should sleep.");
}
