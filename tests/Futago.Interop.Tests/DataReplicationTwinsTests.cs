using System.Globalization;
using System.Text.Json;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>
/// The acceptance of data replication on the twins, with the command lines as people type them: 2,000 files that are made, and with
/// FUTAGO_SOAK=1 the machine's manual pages, documentation and icons as well (more than 20,000 files).
/// </summary>
public sealed class DataReplicationTwinsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Share_OfNodeA_ArrivesOnNodeB_AndTheSecondRunSendsOnlyWhatChanged()
    {
        await using var twins = await Twins.StartAsync();
        var secret = Path.Combine(twins.DataDirectory, "replication-password");
        await File.WriteAllTextAsync(secret, "correct horse\n");
        await twins.CreateGroupsAsync("4GiB");
        foreach (var node in new[] { "a", "b" })
        {
            await twins.CliAsync(node, "volume", "create", "vg00/nas0", "--type", "nas", "--size", "1GiB");
            await twins.CliAsync(node, "share", "create", "office", "--volume", "vg00/nas0");
        }
        await twins.CliAsync("b", "agent", "enable");
        await twins.CliAsync("b", "share", "set", "office", "--data-replication", "on", "--user", "repl", "--password-file", secret, "--allow", "10.77.0.0/24");
        var (source, destination) = (await twins.RootOfAsync("a", "vg00/nas0"), await twins.RootOfAsync("b", "vg00/nas0"));
        var files = await FillAsync(source);

        var offered = await twins.CliAsync("a", "data-replication", "browse", "10.77.0.2", "--user", "repl", "--password-file", secret);
        await twins.CliAsync("a", "data-replication", "create", "DataReplication", "--source", "office", "--destination", "10.77.0.2", "--share", "office",
            "--user", "repl", "--password-file", secret, "--schedule", "Mon-Fri 18:00");
        var first = await RunAsync(twins);
        // What changes between two evenings: contents, names, rights, attributes.
        await Command.RunOkAsync("bash", "-ec", "cd \"$0\"; echo changed >made/0/changed; cp -a made/1 made/one; chmod 600 made/0/17; setfacl -m u:12345:rw made/0/18; setfattr -n user.colour -v red made/0/19", source);
        var second = await RunAsync(twins);

        output.WriteLine($"{files} files; first run {Figure(first, "transferredBytes")} bytes in {Seconds(first)} s, second {Figure(second, "filesTransferred")} files, {Figure(second, "sentBytes")} bytes sent in {Seconds(second)} s");
        Assert.Contains("office", offered, StringComparison.Ordinal);
        Assert.Equal(("ok", "ok"), (first.GetProperty("status").GetString(), second.GetProperty("status").GetString()));
        Assert.True(Figure(first, "filesTransferred") >= files * 9 / 10);
        // One changed and 250 are new; of the others only rights and attributes changed.
        Assert.Equal(251, Figure(second, "filesTransferred"));
        var difference = await TreeDigest.DifferenceAsync(source, destination);
        Assert.True(difference.Length == 0, difference);
        Assert.Equal(
            ["ok started", "ok finished", "ok started", "ok finished"],
            JsonDocument.Parse(await twins.CliAsync("a", "--json", "task", "log", "--task", "DataReplication")).RootElement.EnumerateArray().Reverse()
                .Select(l => $"{l.GetProperty("status").GetString()} {l.GetProperty("action").GetString()}"));
        Assert.Equal("[]", (await twins.CliAsync("a", "--json", "snapshot", "list")).Trim());
    }

    /// <returns>How many files there are.</returns>
    private static async Task<long> FillAsync(string root)
    {
        var big = Environment.GetEnvironmentVariable("FUTAGO_SOAK") == "1";
        var script = """
            cd "$0"
            mkdir made; for d in $(seq 0 7); do mkdir made/$d; for f in $(seq 0 249); do echo "$d $f" >made/$d/$f; done; done
            ln made/2/1 made/hard; ln -s ../../etc/passwd made/link; setfacl -m u:12345:rwx made/3; setfattr -n user.colour -v blue made/3/1
            """ + (big ? "\nmkdir share; cp -a /usr/share/man /usr/share/doc /usr/share/icons share/\n" : "\n") + "find . -type f | wc -l";
        var printed = (await Command.RunAsync("bash", ["-ec", script, root], TimeSpan.FromMinutes(10))).EnsureSuccess().Output;
        return long.Parse(printed.Trim(), CultureInfo.InvariantCulture);
    }

    private static async Task<JsonElement> RunAsync(Twins twins)
    {
        using var run = JsonDocument.Parse((await twins.TryCliAsync(
            "a", ["--json", "data-replication", "start", "DataReplication", "--wait"], TimeSpan.FromMinutes(20))).Output);
        return run.RootElement.Clone();
    }

    private static long Figure(JsonElement run, string name) => run.GetProperty("result").GetProperty(name).GetInt64();

    private static string Seconds(JsonElement run) =>
        (run.GetProperty("finishedAt").GetDateTimeOffset() - run.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
