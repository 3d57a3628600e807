using Futago.Engine.Contracts.Volumes;
using Futago.Guard;

namespace Futago.Engine.Tests;

public sealed class GuardTests
{
    [Fact]
    public async Task KilledEngine_IsStartedAgain()
    {
        await using var engine = new EngineUnderTest();
        await engine.StartGuardedAsync();
        var first = engine.EnginePid;

        EngineUnderTest.Signal(first, "KILL");
        await engine.WaitForAsync(s => s.Node is { } node && engine.EnginePid != first ? node : null);

        Assert.Contains("engine ended with 137", engine.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StalledEngine_IsEndedAndStartedAgain()
    {
        await using var engine = new EngineUnderTest();
        await engine.StartGuardedAsync(stallSeconds: 2);
        var first = engine.EnginePid;

        EngineUnderTest.Signal(first, "STOP");
        await engine.WaitForAsync(s => s.Node is { } node && engine.EnginePid != first ? node : null);

        Assert.Contains("no sign of life", engine.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TerminatedGuard_EndsTheEngineInOrder()
    {
        await using var engine = new EngineUnderTest();
        await engine.StartGuardedAsync();
        await engine.Client.CreateImageAsync(new(engine.ImagePath, 512L << 20));
        await engine.Client.CreateGroupAsync(new CreateGroupRequest("vg00", engine.ImagePath));
        var pid = engine.EnginePid;

        var exitCode = await engine.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.False(Directory.Exists($"/proc/{pid}"));
        Assert.Empty(engine.Mounts);
    }

    [Fact]
    public async Task KilledGuard_LetsTheEngineEndInOrder()
    {
        await using var engine = new EngineUnderTest();
        await engine.StartGuardedAsync();
        await engine.Client.CreateImageAsync(new(engine.ImagePath, 512L << 20));
        await engine.Client.CreateGroupAsync(new CreateGroupRequest("vg00", engine.ImagePath));

        await engine.KillAsync();

        // Removed as the last act of an orderly end.
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(Path.Combine(engine.DataDirectory, "running")), EngineUnderTest.Patience));
        Assert.Empty(engine.Mounts);
    }

    [Fact]
    public async Task SecondGuard_OnTheSameDirectory_Refuses()
    {
        await using var engine = new EngineUnderTest();
        await engine.StartGuardedAsync();

        var second = await Testing.Processes.Command.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "futago-guard"), ["--data", engine.DataDirectory, "--", "/bin/true"]);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains(engine.DataDirectory, second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Backoff_DoublesToItsLimitAndForgetsAfterAGoodRun()
    {
        var backoff = new Backoff();

        var pauses = Enumerable.Range(0, 8).Select(_ => backoff.After(TimeSpan.FromSeconds(1)).TotalSeconds).ToArray();
        var afterGoodRun = backoff.After(TimeSpan.FromMinutes(1)).TotalSeconds;

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 2, 2, 2, 2], pauses);
        Assert.Equal(0.2, afterGoodRun);
    }

    [Fact]
    public void Options_WithErrors_NamesAllOfThem()
    {
        var options = GuardOptions.Parse(["--surprise", "--stall-timeout", "1"], out var errors);

        Assert.Null(options);
        Assert.Equal(4, errors.Count);
    }
}
