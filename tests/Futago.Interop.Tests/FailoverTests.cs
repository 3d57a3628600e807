using Futago.Engine.Contracts.Failover;

namespace Futago.Interop.Tests;

/// <summary>The failover manager on two whole nodes with real addresses.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Switch_MovesServiceToThePeerAndBack()
    {
        await using var twins = await FailoverTwins.StartAsync(FailoverPolicy.PingOnly);
        await using var load = FailoverLoad.Start(seed: 20261201);
        await load.WhenWritingAsync();

        foreach (var node in new[] { "b", "a" })
        {
            load.Mark();
            await twins.RunAsync(FailoverTwins.Other(node), c => c.SwitchFailoverAsync());
            await twins.WhenReadyAsync(node);
            await load.WhenWritingAsync();
            output.WriteLine($"switch to {node}: pause {load.PauseMs} ms; {string.Join(", ", (await twins.TryStatusAsync(node))!.History[0].Steps.Select(s => $"{s.Step} {s.Milliseconds}"))}");
        }

        await load.StopAsync();
        Assert.True(load.Violations.Count == 0, string.Join('\n', load.Violations) + await twins.LogAsync());
        Assert.False(await FailoverTwins.IsOpenAsync("b"));
    }
}
