using Futago.Blocks;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Replication;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests.Mirror;

public sealed class StageWindowTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly StageWindow _window;
    private readonly LatencyCounter _counter = new();

    public StageWindowTests() => _window = new StageWindow(_time);

    [Fact]
    public void Latencies_AreThoseOfTheLastSeconds()
    {
        Count(100, TimeSpan.FromMilliseconds(50));
        Read();
        for (var reading = 0; reading < 20; reading++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            Read();
        }

        Count(10, TimeSpan.FromMicroseconds(100));
        var stage = Read();

        Assert.Equal((ReplicationStage.Queueing, 110, 10), (stage.Stage, stage.Count, stage.RecentCount));
        Assert.InRange(stage.MaximumMicroseconds, 100, 130);
        Assert.InRange(stage.P99Microseconds, 80, 130);
    }

    [Fact]
    public void ManyReadings_DoNotShortenTheWindow()
    {
        Read();
        _time.Advance(TimeSpan.FromSeconds(1));
        Count(100, TimeSpan.FromMilliseconds(50));
        for (var reading = 0; reading < 1000; reading++)
            Read();

        _time.Advance(TimeSpan.FromSeconds(8));

        Assert.Equal(100, Read().RecentCount);
    }

    [Fact]
    public void NothingMeasured_IsZero()
    {
        Read();
        Assert.Equal(new StageLatency(ReplicationStage.Queueing, 0, 0, 0, 0, 0), Read());
    }

    [Fact]
    public void VolumeOpenedAnew_CountsFromZero()
    {
        Count(5, TimeSpan.FromMilliseconds(1));
        Read();

        var stage = Assert.Single(_window.Add([new long[LatencyScale.Count]]));

        Assert.Equal((0, 0), (stage.Count, stage.RecentCount));
    }

    private void Count(int times, TimeSpan duration)
    {
        for (var n = 0; n < times; n++)
            _counter.Add(duration);
    }

    private StageLatency Read() => Assert.Single(_window.Add([_counter.ToArray()]));
}
