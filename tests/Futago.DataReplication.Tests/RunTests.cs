using Futago.DataReplication.Runs;
using Futago.DataReplication.Settling;
using Futago.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.DataReplication.Tests;

public sealed class RunTests
{
    public static TheoryData<string> Destinations => ["tls", "plain", "local"];

    [Theory]
    [MemberData(nameof(Destinations))]
    public async Task Run_OfATreeWithEverythingInIt_LeavesNoDifference(string kind)
    {
        await using var bench = await RunBench.StartAsync();
        await FillAsync(bench.SourceRoot);

        var first = await bench.RunAsync(bench.Request(Destination(bench, kind)));
        var second = await bench.RunAsync(bench.Request(Destination(bench, kind)));

        Assert.True(first.Outcome == RunOutcome.Ok, $"{first.Reason} {first.Detail}\n{first.Output}");
        Assert.Equal("", await bench.DifferencesAsync());
        Assert.True(first.Statistics!.FilesTransferred >= 8);
        Assert.Equal(RunOutcome.Ok, second.Outcome);
        Assert.Equal(0, second.Statistics!.FilesTransferred);
        Assert.NotNull(second.RecoveryPoint);
    }

    /// <summary>What the destination cannot do must reach the result, whichever way the daemon is connected.</summary>
    [Theory]
    [MemberData(nameof(Destinations))]
    public async Task Run_WithANameThatIsADirectoryAtTheDestination_SaysSoAndLosesNothing(string kind)
    {
        await using var bench = await RunBench.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, "clash"), "a file");
        Directory.CreateDirectory(Path.Combine(bench.DestinationRoot, "clash"));
        await File.WriteAllTextAsync(Path.Combine(bench.DestinationRoot, "clash", "inside"), "keep");

        var result = await bench.RunAsync(bench.Request(Destination(bench, kind), RunBench.Options with { Delete = false }));

        Assert.True((result.Outcome, result.Reason, result.ExitCode) == (RunOutcome.Warning, RunReason.Partial, 23), $"{result.Outcome} {result.Reason} {result.ExitCode}\n{result.Output}");
        Assert.Contains(result.Errors, e => e.Contains("clash", StringComparison.Ordinal));
        Assert.Equal("keep", await File.ReadAllTextAsync(Path.Combine(bench.DestinationRoot, "clash", "inside")));
    }

    [Fact]
    public async Task Run_AfterADeletion_DeletesOnlyWithTheOption()
    {
        await using var bench = await RunBench.StartAsync();
        await FillAsync(bench.SourceRoot);
        await bench.RunAsync(bench.Request());
        File.Delete(Path.Combine(bench.SourceRoot, "plain"));

        await bench.RunAsync(bench.Request(options: RunBench.Options with { Delete = false }));
        var kept = File.Exists(Path.Combine(bench.DestinationRoot, "plain"));
        var result = await bench.RunAsync(bench.Request());

        Assert.True(kept);
        Assert.False(File.Exists(Path.Combine(bench.DestinationRoot, "plain")));
        Assert.Equal(1, result.Statistics!.FilesDeleted);
    }

    /// <summary>Rewritten with as many bytes a fraction of a second later, as a program does that saves twice.</summary>
    [Fact]
    public async Task Run_AfterAChangeWithinTheSameSecond_CopiesIt()
    {
        await using var bench = await RunBench.StartAsync();
        var file = Path.Combine(bench.SourceRoot, "twice");
        var second = new DateTime(2026, 11, 26, 0, 0, 0, DateTimeKind.Utc);
        await File.WriteAllTextAsync(file, "first");
        File.SetLastWriteTimeUtc(file, second.AddMilliseconds(100));
        await bench.RunAsync(bench.Request());
        await File.WriteAllTextAsync(file, "later");
        File.SetLastWriteTimeUtc(file, second.AddMilliseconds(900));

        await bench.RunAsync(bench.Request());

        var copy = Path.Combine(bench.DestinationRoot, "twice");
        Assert.Equal(("later", second.AddMilliseconds(900)), (await File.ReadAllTextAsync(copy), File.GetLastWriteTimeUtc(copy)));
    }

    [Fact]
    public async Task Run_ThatWouldDeleteMoreThanTheLimit_StopsThere()
    {
        await using var bench = await RunBench.StartAsync();
        for (var i = 0; i < 10; i++)
            await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, $"f{i}"), "x");
        await bench.RunAsync(bench.Request());
        for (var i = 0; i < 5; i++)
            File.Delete(Path.Combine(bench.SourceRoot, $"f{i}"));

        var result = await bench.RunAsync(bench.Request(options: RunBench.Options with { DeleteLimit = 2 }));

        Assert.True((result.Outcome, result.Reason) == (RunOutcome.Warning, RunReason.DeleteLimit), $"{result.Reason} {result.Output} {string.Join('|', result.Errors)}");
        Assert.Equal(8, Directory.EnumerateFiles(bench.DestinationRoot, "f*").Count());
    }

    [Fact]
    public async Task Run_OfASourceThatIsSuddenlyEmpty_DeletesNothing()
    {
        await using var bench = await RunBench.StartAsync();
        await FillAsync(bench.SourceRoot);
        await bench.RunAsync(bench.Request());
        var before = Directory.EnumerateFileSystemEntries(bench.DestinationRoot).Count();
        // Not Directory.Delete: it cannot delete names that are no UTF-8.
        await Command.RunOkAsync("find", bench.SourceRoot, "-mindepth", "1", "!", "-name", ".futago-volume", "-delete");

        var result = await bench.RunAsync(bench.Request());

        Assert.Equal((RunOutcome.Warning, RunReason.SourceShrunk), (result.Outcome, result.Reason));
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(bench.DestinationRoot).Count());
    }

    [Fact]
    public async Task Run_OfASourceThatHasShrunk_DeletesNothing()
    {
        await using var bench = await RunBench.StartAsync();
        await FillAsync(bench.SourceRoot);
        await bench.RunAsync(bench.Request());
        File.Delete(Path.Combine(bench.SourceRoot, "plain"));

        var result = await bench.RunAsync(bench.Request() with { FilesBefore = long.MaxValue / 200 });

        Assert.Equal((RunOutcome.Warning, RunReason.SourceShrunk), (result.Outcome, result.Reason));
        Assert.True(File.Exists(Path.Combine(bench.DestinationRoot, "plain")));
        Assert.Equal(long.MaxValue / 200, result.SourceFiles);
    }

    [Fact]
    public async Task Run_OfADirectoryWhereNothingIsMounted_CopiesNothing()
    {
        await using var bench = await RunBench.StartAsync();
        await FillAsync(bench.DestinationRoot);
        var unmounted = bench.Volumes.AddVolume(sentinel: false);

        var result = await bench.RunAsync(bench.Request() with { SourceVolume = unmounted });

        Assert.Equal((RunOutcome.Failed, RunReason.SourceUnavailable), (result.Outcome, result.Reason));
        Assert.True(File.Exists(Path.Combine(bench.DestinationRoot, "plain")));
    }

    [Theory]
    [InlineData("missing", RunReason.SourceFolderMissing)]
    [InlineData("link", RunReason.SourceFolderMissing)]
    public async Task Run_OfAFolderThatIsNotOne_Fails(string folder, RunReason reason)
    {
        await using var bench = await RunBench.StartAsync();
        File.CreateSymbolicLink(Path.Combine(bench.SourceRoot, "link"), "/etc");

        var result = await bench.RunAsync(bench.Request() with { SourceFolder = folder });

        Assert.Equal((RunOutcome.Failed, reason), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task Run_WithoutRoomForASnapshot_Fails()
    {
        await using var bench = await RunBench.StartAsync();
        bench.Volumes.RefuseSnapshotsOf = bench.Source;

        var result = await bench.RunAsync(bench.Request());

        Assert.Equal((RunOutcome.Failed, RunReason.SnapshotFailed), (result.Outcome, result.Reason));
    }

    [Theory]
    [InlineData("wrong password", "office", RunReason.Denied)]
    [InlineData(AgentUnderTest.Password, "nowhere", RunReason.ShareUnknown)]
    public async Task Run_ThatTheAgentRefuses_SaysWhy(string password, string share, RunReason reason)
    {
        await using var bench = await RunBench.StartAsync();

        var result = await bench.RunAsync(bench.Request(new AgentDestination(bench.Agent.Address(password: password), share, null)));

        Assert.Equal((RunOutcome.Failed, reason), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task Run_ToAnAgentThatIsOff_TriesAgainAndFails()
    {
        await using var bench = await RunBench.StartAsync();
        await bench.Agent.Server.ApplyAsync(null);

        var result = await bench.RunAsync(bench.Request());

        Assert.Equal((RunOutcome.Failed, RunReason.AgentUnreachable, 4), (result.Outcome, result.Reason, result.Attempts));
    }

    [Fact]
    public async Task Run_ThatWaitsForItsNextAttempt_SaysWhyTheLastOneFailed()
    {
        await using var bench = await RunBench.StartAsync();
        bench.Restart(TimeSpan.FromDays(1));
        await bench.Agent.Server.ApplyAsync(null);
        var request = bench.Request();

        Assert.Equal(RunRefusal.None, bench.Runs.Begin(request));
        await WaitForAsync(() => bench.Runs.Find(request.RunId)!.Progress.Phase == RunPhase.Waiting);
        var waiting = bench.Runs.Find(request.RunId)!.Progress;
        Assert.True(bench.Runs.Stop(request.RunId));
        var result = await bench.EndOfAsync(request.RunId);

        Assert.Equal((1, RunReason.AgentUnreachable), (waiting.Attempt, waiting.Reason));
        Assert.EndsWith(".", waiting.Detail, StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Stopped, result.Outcome);
    }

    [Fact]
    public async Task Run_WhileAnotherWritesToTheSameDestination_FailsAsBusy()
    {
        await using var bench = await RunBench.StartAsync();
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={Path.Combine(bench.SourceRoot, "big")}", "bs=1M", "count=8");
        var slow = bench.Request(options: RunBench.Options with { BandwidthLimit = 200 << 10 });
        Assert.Equal(RunRefusal.None, bench.Runs.Begin(slow));
        await WaitForAsync(() => bench.Runs.Find(slow.RunId)!.Progress.Bytes > 0);

        var request = bench.Request();
        Assert.Equal(RunRefusal.None, bench.Runs.Begin(request));
        await WaitForAsync(() => bench.Runs.Find(request.RunId)!.Result is not null);
        var result = bench.Runs.Find(request.RunId)!.Result!;
        Assert.True(bench.Runs.Stop(slow.RunId));
        var stopped = await bench.EndOfAsync(slow.RunId);

        Assert.Equal((RunOutcome.Failed, RunReason.DestinationBusy), (result.Outcome, result.Reason));
        Assert.Equal((RunOutcome.Stopped, RunReason.Stopped), (stopped.Outcome, stopped.Reason));
    }

    [Fact]
    public async Task Run_OfATaskThatIsRunning_IsNotStartedTwice()
    {
        await using var bench = await RunBench.StartAsync();
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={Path.Combine(bench.SourceRoot, "big")}", "bs=1M", "count=4");
        var slow = bench.Request(options: RunBench.Options with { BandwidthLimit = 200 << 10 });
        bench.Runs.Begin(slow);

        var refusal = bench.Runs.Begin(bench.Request() with { TaskId = slow.TaskId });
        bench.Runs.Stop(slow.RunId);
        await bench.EndOfAsync(slow.RunId);

        Assert.Equal(RunRefusal.Running, refusal);
    }

    [Fact]
    public async Task Run_WhoseConnectionIsCut_GoesOnWhereItWas()
    {
        await using var bench = await RunBench.StartAsync();
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={Path.Combine(bench.SourceRoot, "big")}", "bs=1M", "count=16");
        await using var cable = await Cable.StartAsync(bench.Agent.Port, cutAfterBytes: 6 << 20);

        var result = await bench.RunAsync(bench.Request(new AgentDestination(bench.Agent.Address() with { Port = cable.Port }, "office", null)));

        Assert.True(result.Outcome == RunOutcome.Ok, $"{result.Reason} {result.Detail}\n{result.Output}");
        Assert.True(result.Attempts > 1);
        Assert.Equal("", await bench.DifferencesAsync());
        // What had arrived before the cut was not sent again.
        Assert.InRange(result.Statistics!.MatchedBytes, 1, 16 << 20);
    }

    [Fact]
    public async Task Result_UntilItIsTaken_SurvivesARestart()
    {
        await using var bench = await RunBench.StartAsync();
        var request = bench.Request();
        var result = await bench.RunAsync(request);

        bench.Restart();
        var kept = bench.Runs.Find(request.RunId)!.Result!;
        bench.Runs.Forget(request.RunId);
        bench.Restart();

        Assert.Equal((result.Outcome, result.FinishedAt, result.Output), (kept.Outcome, kept.FinishedAt, kept.Output));
        Assert.Null(bench.Runs.Find(request.RunId));
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("local")]
    public async Task Run_ThatKeepsSnapshots_KeepsThatManyOfItsOwn(string kind)
    {
        await using var bench = await RunBench.StartAsync();
        var task = Guid.NewGuid();
        await FillAsync(bench.SourceRoot);
        for (var i = 0; i < 4; i++)
        {
            var result = await bench.RunAsync(bench.Request(Destination(bench, kind)) with { TaskId = task, KeepSnapshots = 2 });
            Assert.True(result.Outcome == RunOutcome.Ok, result.Detail);
            Assert.NotNull(result.DestinationSnapshot);
        }

        Assert.Equal(2, bench.Volumes.SnapshotsOf(bench.Destination).Count);
    }

    /// <summary>The copy is durable then, and nothing says otherwise.</summary>
    [Theory]
    [InlineData("tls", false)]
    [InlineData("tls", true)]
    [InlineData("local", false)]
    [InlineData("local", true)]
    public async Task Run_WhoseDestinationSnapshotFails_IsAWarningThatSaysWhy(string kind, bool bySystem)
    {
        await using var bench = await RunBench.StartAsync();
        await FillAsync(bench.SourceRoot);
        bench.Volumes.RefuseSnapshotsOf = bench.Destination;
        if (bySystem)
            bench.Volumes.Refusal = new IOException("Input/output error of the snapshot");

        var result = await bench.RunAsync(bench.Request(Destination(bench, kind)) with { KeepSnapshots = 2 });

        Assert.Equal((RunOutcome.Warning, RunReason.DestinationSnapshotFailed), (result.Outcome, result.Reason));
        Assert.EndsWith(bench.Volumes.Refusal.Message, result.Detail, StringComparison.Ordinal);
        Assert.Contains("Everything was copied", result.Detail, StringComparison.Ordinal);
        Assert.NotNull(result.RecoveryPoint);
    }

    /// <summary>By a signal that it obeys in order, and by one that it does not see. One that is ended at the destination hands its exit code on, if it comes to that.</summary>
    [Theory]
    [InlineData("tls", false, "TERM", "rsync was ended from outside")]
    [InlineData("local", false, "TERM", "rsync was ended from outside")]
    [InlineData("tls", false, "KILL", "by the signal 9")]
    [InlineData("tls", true, "TERM", "[attempt 1: ")]
    public async Task Run_WhoseRsyncIsEndedFromOutside_SaysSoAndGoesOn(string kind, bool receiving, string signal, string said)
    {
        await using var bench = await RunBench.StartAsync();
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={Path.Combine(bench.SourceRoot, "big")}", "bs=1M", "count=4");
        var request = bench.Request(Destination(bench, kind), RunBench.Options with { BandwidthLimit = 1 << 20 });
        Assert.Equal(RunRefusal.None, bench.Runs.Begin(request));
        await WaitForAsync(() => bench.Runs.Find(request.RunId)!.Progress.Bytes > 0);

        await Command.RunOkAsync("bash", "-ec", """
            for process in $(pgrep -x rsync); do
              tr '\0' '\n' </proc/$process/environ | grep -qx "FUTAGO_ENGINE=$0" || continue
              side=false; tr '\0' '\n' </proc/$process/cmdline | grep -qx -e --daemon && side=true
              [ $side != "$1" ] || kill "-$2" "$process"
            done
            """, bench.Volumes.StateDirectory, receiving ? "true" : "false", signal);
        var result = await bench.EndOfAsync(request.RunId);

        Assert.True(result.Outcome == RunOutcome.Ok, $"{result.Reason} {result.Detail}\n{result.Output}");
        Assert.True(result.Attempts > 1);
        Assert.Null(bench.Runs.Find(request.RunId)!.Progress.Detail);
        Assert.Contains(said, result.Output, StringComparison.Ordinal);
        Assert.Equal("", await bench.DifferencesAsync());
    }

    /// <summary>The torn file has the length and the time of the source's, as after a power cut: rsync takes it for copied.</summary>
    [Theory]
    [MemberData(nameof(Destinations))]
    public async Task Run_AfterOneThatAPowerCutEnded_CopiesTheTornFileAgain(string kind)
    {
        await using var bench = await RunBench.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, "file"), "whole");
        await bench.RunAsync(bench.Request(Destination(bench, kind)));
        var copy = Path.Combine(bench.DestinationRoot, "file");
        var copied = File.GetLastWriteTimeUtc(copy);
        await File.WriteAllTextAsync(copy, "\0\0\0\0\0");
        await Command.RunOkAsync("touch", $"--reference={Path.Combine(bench.SourceRoot, "file")}", copy);

        await bench.RunAsync(bench.Request(Destination(bench, kind)));
        var unmarked = await File.ReadAllTextAsync(copy);
        await new UnsettledCopies(TimeProvider.System, NullLogger<UnsettledCopies>.Instance).BeginAsync(bench.DestinationRoot, "");
        var result = await bench.RunAsync(bench.Request(Destination(bench, kind)));

        Assert.NotEqual("whole", unmarked);
        Assert.Equal((RunOutcome.Ok, "whole"), (result.Outcome, await File.ReadAllTextAsync(copy)));
        Assert.Equal(copied, File.GetLastWriteTimeUtc(copy));
        Assert.False(File.Exists(UnsettledCopies.MarkerOf(bench.DestinationRoot, "")));
    }

    /// <summary>A directory in the marker's place: it can neither be written nor go away.</summary>
    [Theory]
    [MemberData(nameof(Destinations))]
    public async Task Run_ToADestinationThatCannotBeMarked_WritesNothing(string kind)
    {
        await using var bench = await RunBench.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, "file"), "x");
        Directory.CreateDirectory(Path.Combine(UnsettledCopies.MarkerOf(bench.DestinationRoot, ""), "in the way"));

        var result = await bench.RunAsync(bench.Request(Destination(bench, kind)));

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.False(File.Exists(Path.Combine(bench.DestinationRoot, "file")));
    }

    [Fact]
    public async Task Patterns_DecideWhatIsCopied()
    {
        await using var bench = await RunBench.StartAsync();
        foreach (var name in new[] { "keep.tmp", "drop.tmp", "file" })
            await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, name), "x");

        await bench.RunAsync(bench.Request(options: RunBench.Options with { Include = ["keep.tmp"], Exclude = ["*.tmp"] }));

        Assert.Equal([".futago-volume", "file", "keep.tmp"], Directory.EnumerateFiles(bench.DestinationRoot).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static RunDestination Destination(RunBench bench, string kind) => kind switch
    {
        "tls" => new AgentDestination(bench.Agent.Address(fingerprint: bench.Agent.Server.State.Fingerprint), "office", null),
        "plain" => new AgentDestination(bench.Agent.Address(), "office", bench.Agent.PlainPort),
        _ => new LocalDestination(bench.Destination, ""),
    };

    /// <summary>Names with newlines and invalid UTF-8, links, holes, ACLs, extended attributes, odd owners and times.</summary>
    private static Task FillAsync(string root) => Command.RunOkAsync("bash", "-ec", """
        cd "$0"
        echo content >plain; mkdir -p deep/er empty; echo x >deep/er/file
        printf x >$'new\nline'; printf x >$'bad\xff\xfeutf8'; printf x >'  blanks '; printf x >-dash; printf x >'*?["'
        ln plain hard; ln -s plain soft; ln -s /etc/passwd outside; ln -s nowhere dangling
        truncate -s 20M hole; printf end >>hole
        chown 12345:54321 plain; chmod 4750 plain; touch -d 1999-12-31T23:59:59.123456789 plain deep
        setfacl -m u:12345:rwx deep
        setfattr -n user.colour -v blue deep/er/file
        mkfifo pipe
        """, root);

    private static async Task WaitForAsync(Func<bool> reached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!reached())
            await Task.Delay(20, limit.Token);
    }
}
