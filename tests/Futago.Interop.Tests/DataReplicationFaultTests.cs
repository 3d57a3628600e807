using System.Globalization;
using System.Text.Json;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>What can go wrong with data replication, on a whole node; after each of it nothing is left behind.</summary>
[Collection(OneNode.Name)]
public sealed class DataReplicationFaultTests(NodeFixture fixture)
{
    [Fact]
    public async Task Task_WithAWrongPassword_IsNotMade_AndOneWhosePasswordChanged_SaysSo()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync();
        await File.WriteAllTextAsync(site.PasswordFile, "another horse");
        var refused = await site.TryCreateTaskAsync("wrong");
        await site.CliAsync("share", "set", site.Share, "--data-replication", "on", "--user", "repl", "--password-file", site.PasswordFile, "--allow", "127.0.0.0/8");

        var run = await site.RunAsync(task);

        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(("error", "denied"), (run.GetProperty("status").GetString(), run.GetProperty("reason").GetString()));
        Assert.Equal(["ok started", "error finished"], await site.LogAsync(task));
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Share_ThatIsUnknown_IsNamedWhenTheTaskIsMade_AndWhenItRuns()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync();
        var refused = await site.TryCreateTaskAsync("unknown", "--share", "nowhere");
        await site.CliAsync("share", "set", site.Share, "--data-replication", "off");

        var run = await site.RunAsync(task);

        Assert.Contains("nowhere", refused.Error, StringComparison.Ordinal);
        Assert.Equal("error", run.GetProperty("status").GetString());
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Agent_ThatIsOff_IsTriedAgain_AndTheRunCanBeStopped()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync();
        await site.CliAsync("agent", "disable");

        await site.CliAsync("data-replication", "start", task);
        await site.WaitForAsync(async () => await site.RunningAsync(task) is { } r && r.TryGetProperty("progress", out var p) && p.ValueKind == JsonValueKind.Object
            && p.GetProperty("phase").GetString() == "waiting", "the run does not wait for the agent");
        await site.CliAsync("data-replication", "stop", task);
        await site.WaitForAsync(async () => await site.RunningAsync(task) is null, "the run does not stop");

        Assert.Equal(["ok started", "warning finished"], await site.LogAsync(task));
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Destination_ThatIsFull_IsAnError_AndThereAfterRoomIsMadeTheRunIsGood()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync();
        await File.WriteAllTextAsync(Path.Combine(site.DestinationRoot, "old"), "old");
        // As much as goes in: what a file system calls available is not all for data.
        await Command.RunAsync("dd", ["if=/dev/zero", $"of={site.DestinationRoot}/ballast", "bs=1M", "conv=fsync"]);
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={site.SourceRoot}/big", "bs=1M", "count=32");

        var full = await site.RunAsync(task);
        await site.AssertNothingLeftAsync();
        File.Delete(Path.Combine(site.DestinationRoot, "ballast"));
        var again = await site.RunAsync(task);

        Assert.Equal("destination-full", full.GetProperty("reason").GetString());
        Assert.True(File.Exists(Path.Combine(site.DestinationRoot, "old")));
        Assert.Equal("ok", again.GetProperty("status").GetString());
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Destination_ThatIsReadOnly_IsAnError()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync();
        await File.WriteAllTextAsync(Path.Combine(site.SourceRoot, "file"), "new");
        await RemountAsync(site, "ro");

        var run = await site.RunAsync(task);
        await RemountAsync(site, "rw");

        Assert.Equal("error", run.GetProperty("status").GetString());
        Assert.Contains("read-only", run.GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Name_ThatIsADirectoryThereAndAFileHere_IsReportedAndNothingInItIsLost()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync();
        await File.WriteAllTextAsync(Path.Combine(site.SourceRoot, "clash"), "a file");
        Directory.CreateDirectory(Path.Combine(site.DestinationRoot, "clash"));
        await File.WriteAllTextAsync(Path.Combine(site.DestinationRoot, "clash", "inside"), "keep");

        var run = await site.RunAsync(task);

        Assert.NotEqual("ok", run.GetProperty("status").GetString());
        Assert.Contains("clash", run.GetProperty("result").GetProperty("errors").ToString(), StringComparison.Ordinal);
        Assert.Equal("keep", await File.ReadAllTextAsync(Path.Combine(site.DestinationRoot, "clash", "inside")));
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Source_ThatIsSuddenlyEmpty_DeletesNothing()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync("--delete", "true");
        await FillAsync(site);
        await site.RunAsync(task);
        await Command.RunOkAsync("find", site.SourceRoot, "-mindepth", "1", "!", "-name", ".futago-volume", "-delete");

        var run = await site.RunAsync(task);

        Assert.Equal("source-shrunk", run.GetProperty("reason").GetString());
        Assert.True(File.Exists(Path.Combine(site.DestinationRoot, "deep", "file")));
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Names_Links_AndLeaks_ArriveAsTheyAreAndNowhereElse()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        var task = await site.CreateTaskAsync("--delete", "true");
        await FillAsync(site);
        // At the destination a link leads out of the share, where the source has a directory of that name.
        File.CreateSymbolicLink(Path.Combine(site.DestinationRoot, "deep"), "/tmp");

        var run = await site.RunAsync(task);

        Assert.Equal("ok", run.GetProperty("status").GetString());
        await site.AssertSameAsync();
        Assert.False(File.Exists("/tmp/file"));
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Task_WithAFieldThatIsNoneOfItsKind_IsNotMade()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        (string Option, string Value)[] bad =
        [
            ("--folder", "../outside"), ("--folder", "a/../../b"), ("--folder", "a%b"), ("--share", "../etc"), ("--destination", "127.0.0.1;id"),
            ("--user", "repl --daemon"), ("--exclude", "!"), ("--schedule", "once 2020-01-01 10:00"), ("--schedule", "Mon-Fry 18:00"),
        ];

        foreach (var (option, value) in bad)
        {
            var refused = await site.TryCreateTaskAsync("bad", option, value);

            // Understood, and refused by the console.
            Assert.True(refused.ExitCode == 1, $"{option} {value}: {refused.ExitCode} {refused.Error}");
        }

        Assert.DoesNotContain("\"bad\"", await site.CliAsync("--json", "task", "list"), StringComparison.Ordinal);
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task TwoTasks_ToOneDestination_DoNotMix()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={site.SourceRoot}/big", "bs=1M", "count=16");
        var slow = await site.CreateTaskAsync("--bandwidth", "200KiB/s");
        var other = await site.CreateTaskAsync();
        await StartSlowAsync(site, slow);

        await site.CliAsync("data-replication", "start", other);
        await site.WaitForAsync(async () => await site.RunningAsync(other) is { } r && r.TryGetProperty("progress", out var p) && p.ValueKind == JsonValueKind.Object
            && p.GetProperty("phase").GetString() == "waiting", "the second run does not wait for the first");
        var twice = await site.TryCliAsync("data-replication", "start", slow);
        await site.CliAsync("data-replication", "stop", slow);
        await site.WaitForAsync(async () => await site.RunningAsync(other) is null, "the second run does not come to its end");

        Assert.Contains("running", twice.Error, StringComparison.Ordinal);
        Assert.Equal(["ok started", "ok finished"], await site.LogAsync(other));
        await site.AssertSameAsync();
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Console_KilledDuringARun_FindsItsEndAfterwards()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={site.SourceRoot}/big", "bs=1M", "count=4");
        var task = await site.CreateTaskAsync("--bandwidth", "400KiB/s");
        await StartSlowAsync(site, task);

        Kill("futago-console");
        await site.WaitForAsync(async () => (await site.TryCliAsync("task", "list")).ExitCode == 0, "the console does not come back");
        await site.WaitForAsync(async () => await site.RunningAsync(task) is null, "the run does not end");

        Assert.Equal(["ok started", "ok finished"], await site.LogAsync(task));
        await site.AssertSameAsync();
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Engine_KilledDuringARun_IsInTheLog_AndTheNextRunGoesOn()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={site.SourceRoot}/big", "bs=1M", "count=16");
        await Command.RunOkAsync("sync", "-f", site.SourceRoot);
        var task = await site.CreateTaskAsync("--bandwidth", "400KiB/s");
        await StartSlowAsync(site, task);

        Kill("futago-engine");
        await site.WaitForAsync(async () => await site.RunningAsync(task) is null, "the run does not end");
        await site.FindRootsAsync();
        await site.AssertNothingLeftAsync();
        await site.CliAsync("data-replication", "set", task, "--bandwidth", "none");
        var again = await site.RunAsync(task);

        Assert.Equal(["ok started", "error finished", "ok started", "ok finished"], await site.LogAsync(task));
        Assert.Equal("ok", again.GetProperty("status").GetString());
        await site.AssertSameAsync();
        await site.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Files_ThatVanishDuringTheRun_AreInTheCopyOfTheSnapshot()
    {
        await using var site = await ReplicationSite.StartAsync(fixture);
        await FillAsync(site);
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={site.SourceRoot}/aaa", "bs=1M", "count=4");
        var task = await site.CreateTaskAsync("--bandwidth", "1MiB/s");
        await StartSlowAsync(site, task);

        Directory.Delete(Path.Combine(site.SourceRoot, "deep"), recursive: true);
        await site.WaitForAsync(async () => await site.RunningAsync(task) is null, "the run does not end");

        Assert.Equal(["ok started", "ok finished"], await site.LogAsync(task));
        Assert.True(File.Exists(Path.Combine(site.DestinationRoot, "deep", "file")));
        await site.AssertNothingLeftAsync();
    }

    private static async Task StartSlowAsync(ReplicationSite site, string task)
    {
        await site.CliAsync("data-replication", "start", task);
        await site.WaitForAsync(async () => await site.RunningAsync(task) is { } r && r.TryGetProperty("progress", out var p) && p.ValueKind == JsonValueKind.Object
            && p.GetProperty("bytes").GetInt64() > 0, "nothing is copied");
    }

    /// <summary>In the node's mount namespace; the mount is the engine's.</summary>
    private async Task RemountAsync(ReplicationSite site, string mode)
    {
        var engine = fixture.Node.FindProcesses("futago-engine").Single().ToString(CultureInfo.InvariantCulture);
        await Command.RunOkAsync("nsenter", "-t", engine, "-m", "mount", "-o", $"remount,{mode}", site.DestinationRoot[$"/proc/{engine}/root".Length..]);
    }

    private void Kill(string part)
    {
        foreach (var pid in fixture.Node.FindProcesses(part))
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit();
        }
    }

    private static Task FillAsync(ReplicationSite site) => Command.RunOkAsync("bash", "-ec", """
        cd "$0"
        mkdir deep; echo x >deep/file; printf x >$'new\nline'; printf x >$'bad\xff\xfeutf8'; printf x >-dash; printf x >'*?["'
        ln deep/file hard; ln -s /etc/passwd outside; ln -s ../../../etc/shadow up; truncate -s 20M hole; printf end >>hole
        chown 12345:54321 hard; setfacl -m u:12345:rwx deep; setfattr -n user.colour -v blue deep/file 2>/dev/null || true
        """, site.SourceRoot);
}
