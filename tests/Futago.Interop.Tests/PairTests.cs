using System.Text.Json;
using System.Text.RegularExpressions;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>Two real nodes on a real cable become a pair, notice when it is cut, and part again.</summary>
public sealed partial class PairTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Twins_PairedByTheCode_KnowEachOtherUntilTheyPart()
    {
        await using var twins = await Twins.StartAsync();

        // One time only, and from the other node.
        var code = (await twins.CliAsync("b", "pair", "code")).Trim();
        Assert.Matches(CodePattern(), code);
        var own = await twins.TryCliAsync("b", ["pair", "join", "10.78.0.2", "--code", code]);
        var wrong = await twins.TryCliAsync("a", ["pair", "join", "10.78.0.2", "--code", "0000-0000-0000-0000"]);
        await twins.CliAsync("a", "pair", "join", "10.78.0.2", "--code", code);
        var used = await twins.TryCliAsync("a", ["pair", "join", "10.78.0.2", "--code", code]);
        AssertRefused(own, "this node itself");
        AssertRefused(wrong, "wrong");
        AssertRefused(used, "used already");

        await PeerStateAsync(twins, "a", "reachable");
        await PeerStateAsync(twins, "b", "reachable");
        Assert.Equal((await PeerAsync(twins, "a")).GetProperty("pairId").GetGuid(), (await PeerAsync(twins, "b")).GetProperty("pairId").GetGuid());
        // Both run on the clock of one machine.
        var clock = (await PeerAsync(twins, "a")).GetProperty("status");
        Assert.InRange(Math.Abs(clock.GetProperty("clockDifferenceMilliseconds").GetDouble()), 0, clock.GetProperty("clockUncertaintyMilliseconds").GetDouble() + 1);
        Assert.False(clock.GetProperty("clockOff").GetBoolean());

        // A network of its own, followed by the other side without being told.
        await twins.CliAsync("b", "pair", "set", "--replication-address", "10.78.0.2", "--link-port", "7790");
        await UntilAsync(async () => (await PeerAsync(twins, "a")).GetProperty("linkPort").GetInt32() == 7790);
        await UntilAsync(async () => (await twins.TryCliAsync("a", ["pair", "test"])).ExitCode == 0);
        using var path = JsonDocument.Parse(await twins.CliAsync("a", "--json", "pair", "test"));
        Assert.Equal("10.78.0.2:7790", path.RootElement.GetProperty("remoteAddress").GetString());
        Assert.Equal(1500, path.RootElement.GetProperty("mtuBytes").GetInt32());
        Assert.True(path.RootElement.GetProperty("sendBytesPerSecond").GetInt64() > 0);

        // The cable is cut, then mended.
        await Command.RunOkAsync("ip", "-n", "futago-a", "link", "set", "eth1", "down");
        await PeerStateAsync(twins, "a", "unreachable");
        Assert.Contains("pair.unreachable", await twins.CliAsync("a", "--json", "pair", "show"), StringComparison.Ordinal);
        await Command.RunOkAsync("ip", "-n", "futago-a", "link", "set", "eth1", "up");
        await PeerStateAsync(twins, "a", "reachable");

        var parted = await twins.CliAsync("a", "pair", "delete", "--yes");
        Assert.Contains("on both nodes", parted, StringComparison.Ordinal);
        Assert.Contains("Peer: none", await twins.CliAsync("b", "pair", "show"), StringComparison.Ordinal);
        AssertRefused(await twins.TryCliAsync("a", ["pair", "test"]), "not paired");
        foreach (var node in new[] { "a", "b" })
            Assert.DoesNotContain(code, await twins.CliAsync(node, "--json", "event", "list", "--limit", "500"), StringComparison.Ordinal);
    }

    private static void AssertRefused(CommandResult result, string reason)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> PeerAsync(Twins twins, string node)
    {
        using var pair = JsonDocument.Parse(await twins.CliAsync(node, "--json", "pair", "show"));
        return pair.RootElement.GetProperty("peer").Clone();
    }

    private static Task PeerStateAsync(Twins twins, string node, string state) =>
        UntilAsync(async () => (await PeerAsync(twins, node)).GetProperty("status").GetProperty("state").GetString() == state);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
            await Task.Delay(250, limit.Token);
    }

    [GeneratedRegex("^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$")]
    private static partial Regex CodePattern();
}
