using Futago.Volumes.Linux;

namespace Futago.Volumes.Tests;

public sealed class GracePeriodsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Hurry_WhileSomethingFreezes_IsOn()
    {
        File.WriteAllText(_file, "0\n");
        var periods = new GracePeriods(_file);

        var first = periods.Hurry();
        var second = periods.Hurry();
        first.Dispose();
        first.Dispose();
        var during = File.ReadAllText(_file);
        second.Dispose();

        Assert.Equal(("1\n", "0\n"), (during, File.ReadAllText(_file)));
    }

    [Fact]
    public void Hurry_WhereItIsOnAlready_LeavesItOn()
    {
        File.WriteAllText(_file, "1\n");

        new GracePeriods(_file).Hurry().Dispose();

        Assert.Equal("1\n", File.ReadAllText(_file));
    }

    [Fact]
    public void Hurry_WhereThereIsNoSwitch_MakesNone()
    {
        File.Delete(_file);

        new GracePeriods(_file).Hurry().Dispose();

        Assert.False(File.Exists(_file));
    }

    public void Dispose() => File.Delete(_file);
}
