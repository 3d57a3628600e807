using Futago.Engine.Hosting;
using Futago.Iscsi;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests;

/// <summary>Memory is collected when it is worth it and nobody would notice.</summary>
public sealed class QuietMemoryTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly QuietMemory _memory;
    private ConnectionActivity _activity;
    private int _collected;

    public QuietMemoryTests() => _memory = new QuietMemory(() => _activity, _time, () => _collected++);

    [Fact]
    public void Look_ManyHaveComeToRest_CollectsOnceAllIsQuiet()
    {
        _activity = new ConnectionActivity(1000, 1000, 1000);
        Pass(seconds: 5);
        Assert.Equal(0, _collected);

        Pass(seconds: 5);
        Assert.Equal(1, _collected);

        Pass(seconds: 300);
        Assert.Equal(1, _collected);
    }

    [Fact]
    public void Look_SomebodyWorks_DoesNotCollect()
    {
        _activity = new ConnectionActivity(1000, 999, 1000);

        Pass(seconds: 300);

        Assert.Equal(0, _collected);
    }

    [Fact]
    public void Look_ConnectionsComeAndGo_DoesNotCollect()
    {
        for (var i = 0; i < 60; i++)
        {
            _activity = new ConnectionActivity(1000, 1000, 1000 + i);
            Pass(seconds: 5);
        }

        Assert.Equal(0, _collected);
    }

    [Fact]
    public void Look_FewHaveRested_IsNotWorthIt()
    {
        _activity = new ConnectionActivity(63, 63, 63);

        Pass(seconds: 300);

        Assert.Equal(0, _collected);
    }

    [Fact]
    public void Look_ManyAgainWithinAMinute_WaitsForItsEnd()
    {
        _activity = new ConnectionActivity(100, 100, 100);
        Pass(seconds: 10);
        _activity = new ConnectionActivity(200, 200, 200);

        Pass(seconds: 50);
        Assert.Equal(1, _collected);

        Pass(seconds: 15);
        Assert.Equal(2, _collected);
    }

    public void Dispose() => _memory.Dispose();

    private void Pass(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
