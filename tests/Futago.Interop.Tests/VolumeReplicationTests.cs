using System.Text.Json;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>
/// Volume replication as an administrator runs it from the command line of two real nodes, and what initiators find on either of
/// them: after the first resync, after switching the roles, and after a split brain that was decided.
/// </summary>
public sealed class VolumeReplicationTests
{
    private const string Task1 = "replication1";
    private const string Reverse = "replication1_reverse";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Twins_ReplicateSwitchAndDecideASplitBrain_AndInitiatorsFindTheirData()
    {
        await using var twins = await Twins.StartAsync();
        await EquipAsync(twins);
        await ServeAsync(twins, "a");
        await WriteAsync("a", 0x11);

        // The lines of the issue, word for word but for the code.
        await twins.CliAsync("a", "volume-replication", "create", Task1, "--source", "vg00/lv0000", "--destination", "vg00/lv0000", "--create-destination");
        await twins.CliAsync("a", "volume-replication", "start", Task1, "--wait-synced");
        var shown = await twins.CliAsync("a", "volume-replication", "show", Task1);
        var verified = await twins.CliAsync("a", "volume-replication", "verify", Task1, "--wait");
        var listed = await twins.CliAsync("b", "volume-replication", "list");

        Assert.Contains("Connection:     connected", shown, StringComparison.Ordinal);
        Assert.Contains("Out of sync:    0 B", shown, StringComparison.Ordinal);
        Assert.Contains("both sides are the same", verified, StringComparison.Ordinal);
        Assert.Contains(Reverse, listed, StringComparison.Ordinal);
        await RefusedAsync(twins, "b", "volume-replication.locked", "lun", "add", Target("b"), "--volume", "vg00/lv0000", "--lun", "1");
        await RefusedAsync(twins, "b", "volume.replicated", "volume", "delete", "vg00/lv0000", "--yes");
        await RefusedAsync(twins, "a", "pair.in-use", "pair", "delete", "--yes");

        // What was written before and after the first resync is on the node that takes over.
        await WriteAsync("a", 0x22);
        await twins.CliAsync("a", "volume-replication", "switch", Task1, "--yes");
        Assert.Equal(("destination", "source"), (await RoleAsync(twins, "a", Task1), await RoleAsync(twins, "b", Reverse)));
        await ServeAsync(twins, "b");
        await ReadAsync("b", 0x22);

        await twins.CliAsync("b", "volume-replication", "set", Reverse, "--verify-schedule", "Sun 02:00");
        Assert.Contains("Schedule:       Sun 02:00, next at", await twins.CliAsync("b", "volume-replication", "show", Reverse), StringComparison.Ordinal);

        await DivergeAsync(twins);
        var changes = await twins.CliAsync("a", "volume-replication", "changes", Task1);
        Assert.Matches(@"This node: .* in [1-9][0-9]* of 200 parts", changes);
        Assert.Matches(@"Peer: .* in [1-9][0-9]* of 200 parts", changes);
        Assert.Matches(@"Changed on both sides: [1-9][0-9]* of 200 parts", changes);
        await twins.CliAsync("a", "volume-replication", "discard-side", Task1, "--yes");
        await SyncedAsync(twins, "b", Reverse);
        Assert.Contains("split-brain-", await twins.CliAsync("a", "snapshot", "list"), StringComparison.Ordinal);

        // The survivor's data is on both: it is still there when the loser becomes source again.
        await twins.CliAsync("b", "volume-replication", "switch", Reverse, "--yes");
        await ReadAsync("a", 0x44);

        await twins.CliAsync("a", "volume-replication", "delete", Task1, "--yes");
        Assert.Contains("There are no volume replication tasks", await twins.CliAsync("b", "volume-replication", "list"), StringComparison.Ordinal);
        await twins.CliAsync("a", "pair", "delete", "--yes");
        await ReadAsync("a", 0x44);
    }

    /// <summary>Each side writes while the task is stopped: b as the source it is, a by force.</summary>
    private static async Task DivergeAsync(Twins twins)
    {
        await twins.CliAsync("b", "volume-replication", "stop", Reverse);
        await WriteAsync("b", 0x44);
        await twins.CliAsync("a", "volume-replication", "force-source", Task1, "--yes");
        await WriteAsync("a", 0x33);
        await twins.CliAsync("a", "volume-replication", "start", Task1);
        await UntilAsync(async () => (await ShowAsync(twins, "a", Task1)).GetProperty("status").TryGetProperty("splitBrain", out var split) && split.ValueKind == JsonValueKind.Object);
        var waited = await twins.TryCliAsync("b", ["volume-replication", "start", Reverse, "--wait-synced"]);
        Assert.Equal(1, waited.ExitCode);
        Assert.Contains("Split brain:", waited.Output, StringComparison.Ordinal);
    }

    private static async Task EquipAsync(Twins twins)
    {
        await twins.CreateGroupsAsync("1GiB");
        foreach (var node in new[] { "a", "b" })
        {
            await twins.CliAsync(node, "target", "create", Target(node));
            await twins.CliAsync(node, "access", "allow", Target(node), "--address", "10.77.0.3");
            await twins.CliAsync(node, "target", "start", Target(node));
        }
        await twins.CliAsync("a", "volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", "128MiB");
        await twins.PairAsync();
    }

    private static async Task ServeAsync(Twins twins, string node) => await twins.CliAsync(node, "lun", "add", Target(node), "--volume", "vg00/lv0000", "--lun", "1");

    private static Task WriteAsync(string node, byte pattern) => IoAsync(node, $"write -P 0x{pattern:x2} 1M 1M");

    private static Task ReadAsync(string node, byte pattern) => IoAsync(node, $"read -P 0x{pattern:x2} 1M 1M");

    // Right after a change of roles the LUN may still answer that it is not ready; initiators try again, and so does this.
    private static async Task IoAsync(string node, string command)
    {
        var address = node == "a" ? "10.77.0.1" : "10.77.0.2";
        CommandResult? last = null;
        await UntilAsync(async () =>
        {
            last = await Command.RunAsync("ip", ["netns", "exec", "futago-client", "qemu-io", "-f", "raw", "-c", command, $"iscsi://{address}/{Target(node)}/1"]);
            if (last.Output.Contains("verification failed", StringComparison.OrdinalIgnoreCase))
                Assert.Fail($"{node}: {command}: {last.Output}");
            return last.ExitCode == 0;
        }, () => $"{node}: {command}: {last?.Output}{last?.Error}");
    }

    private static async Task SyncedAsync(Twins twins, string node, string task) =>
        await UntilAsync(async () => (await ShowAsync(twins, node, task)).GetProperty("synced").GetBoolean());

    private static async Task<string?> RoleAsync(Twins twins, string node, string task) =>
        (await ShowAsync(twins, node, task)).GetProperty("status").GetProperty("role").GetString();

    private static async Task<JsonElement> ShowAsync(Twins twins, string node, string task)
    {
        using var document = JsonDocument.Parse(await twins.CliAsync(node, "--json", "volume-replication", "show", task));
        return document.RootElement.Clone();
    }

    private static async Task RefusedAsync(Twins twins, string node, string code, params string[] arguments)
    {
        var result = await twins.TryCliAsync(node, ["--json", .. arguments]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"\"{code}\"", result.Error, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string>? state = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
                Assert.Fail($"Not within {Patience.TotalSeconds:0} s. {state?.Invoke()}");
            await Task.Delay(250);
        }
    }

    private static string Target(string node) => $"iqn.2026-01.example.futago:mirror-{node}";
}
