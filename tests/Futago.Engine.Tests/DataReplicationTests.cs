using System.Security.Cryptography;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Processes;

namespace Futago.Engine.Tests;

/// <summary>Data replication between real NAS volumes: real snapshots, mounts, rsync and TLS, in a real engine process.</summary>
public sealed class DataReplicationTests
{
    private const string Password = "correct horse";

    private static readonly Guid TaskId = Guid.NewGuid();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_BetweenNasVolumes_LeavesNoDifferenceAndNothingBehind(bool local)
    {
        await using var engine = await StartAsync();
        await FillAsync(engine);
        var volumes = await engine.Client.ListVolumesAsync();

        var first = await RunAsync(engine, await RequestAsync(engine, local));
        await File.WriteAllTextAsync(Path.Combine(RootOf(volumes, "nas0"), "new"), "new");
        var second = await RunAsync(engine, await RequestAsync(engine, local));

        Assert.True(first.Outcome == ReplicationOutcome.Ok, $"{first.Reason} {first.Detail}\n{first.Output}\n{engine.Log}");
        Assert.Equal(1, second.Statistics!.FilesTransferred);
        Assert.NotNull(second.DestinationSnapshot);
        Assert.Equal("", await DifferencesAsync(RootOf(volumes, "nas0"), RootOf(volumes, "nas1")));
        await AssertNothingLeftAsync(engine);
    }

    [Fact]
    public async Task Run_OfAFileThatIsRewrittenAllTheTime_HoldsOneMoment()
    {
        await using var engine = await StartAsync();
        var volumes = await engine.Client.ListVolumesAsync();
        var file = Path.Combine(RootOf(volumes, "nas0"), "counter");
        using var stop = new CancellationTokenSource();
        var blocks = new byte[4 << 20];
        await File.WriteAllBytesAsync(file, blocks);
        var writer = Task.Run(() =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
            for (byte round = 1; !stop.IsCancellationRequested; round++)
            {
                Array.Fill(blocks, round);
                stream.Position = 0;
                stream.Write(blocks);
            }
        });

        var result = await RunAsync(engine, await RequestAsync(engine, local: true));
        await stop.CancelAsync();
        await writer;

        Assert.Equal(ReplicationOutcome.Ok, result.Outcome);
        // Written front to back: a point in time has one value up to somewhere, and the one before it from there on.
        var copy = await File.ReadAllBytesAsync(Path.Combine(RootOf(volumes, "nas1"), "counter"));
        var changes = copy.Zip(copy.Skip(1)).Count(pair => pair.First != pair.Second);
        Assert.InRange(changes, 0, 1);
    }

    [Fact]
    public async Task Engine_KilledDuringARun_SaysSoAfterwardsAndLeavesNothing()
    {
        await using var engine = await StartAsync();
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={Path.Combine(RootOf(await engine.Client.ListVolumesAsync(), "nas0"), "big")}", "bs=1M", "count=16");
        var request = await RequestAsync(engine, local: false);
        request = request with { Options = request.Options with { BandwidthLimitBytesPerSecond = 100 << 10 } };
        await engine.Client.StartReplicationAsync(request);
        await engine.WaitForAsync(s => s.Runs?.FirstOrDefault(r => r.RunId == request.RunId && r.Progress.Bytes > 0));

        await engine.KillAsync();
        await engine.StartAgainAsync();
        var details = await engine.WaitForAsync(s => s.Runs?.FirstOrDefault(r => r.RunId == request.RunId && r.Outcome is not null));

        Assert.Equal(ReplicationOutcome.Interrupted, details.Outcome);
        await AssertNothingLeftAsync(engine);
    }

    /// <summary>
    /// The marker is durable before the first file and goes when all is on the medium: a kill in between leaves it, and the next copy trusts no file
    /// that was written since. In the middle, or in front of the last step, when every file is there with its length and time.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Engine_KilledBeforeACopyIsSettled_HasItComparedByTheNextOne(bool atTheEnd)
    {
        await using var engine = await StartAsync();
        var (source, destination) = (await RootOfAsync(engine, "nas0"), await RootOfAsync(engine, "nas1"));
        // Copied in this order: once some of the second is there, all of the first is.
        await Command.RunOkAsync("bash", "-ec", "cd \"$0\"; mkdir a b; for i in $(seq 200); do echo $i >a/$i; done; head -c 8M /dev/urandom >b/big", source);
        var before = await SystemObjectsAsync(engine);
        var marker = Path.Combine(destination, $".futago-unsettled-{Convert.ToHexStringLower(SHA256.HashData([]))[..16]}");
        var request = await RequestAsync(engine, local: false);
        var interrupted = request with { Options = request.Options with { BandwidthLimitBytesPerSecond = atTheEnd ? null : 100 << 10 } };

        if (atTheEnd)
        {
            await using var kill = await FileSteps.KillAsync(engine.ProcessId, new FileStep("unlink", marker, null));
            await engine.Client.StartReplicationAsync(interrupted);
            await engine.WaitForEndAsync();
        }
        else
        {
            await engine.Client.StartReplicationAsync(interrupted);
            await engine.WaitForAsync(s => s.Runs?.FirstOrDefault(r => r.RunId == interrupted.RunId && r.Progress.Bytes > 64 << 10));
            await engine.KillAsync();
        }
        await engine.StartAgainAsync();
        await engine.WaitForAsync(s => s.Runs?.FirstOrDefault(r => r.RunId == interrupted.RunId && r.Outcome == ReplicationOutcome.Interrupted));

        Assert.True(File.Exists(marker));
        Assert.Equal(before, await SystemObjectsAsync(engine));
        await AssertNothingLeftAsync(engine);
        // As if the power had gone: what was copied has its name, length and time, and not its content.
        await TearAsync(Path.Combine(source, "a", "7"), Path.Combine(destination, "a", "7"));

        var result = await RunAsync(engine, request with { RunId = Guid.NewGuid() });

        Assert.True(result.Outcome == ReplicationOutcome.Ok, $"{result.Reason} {result.Detail}\n{result.Output}\n{engine.Log}");
        Assert.False(File.Exists(marker));
        Assert.Equal("", await DifferencesAsync(source, destination));
        Assert.Equal(before, await SystemObjectsAsync(engine));
        await AssertNothingLeftAsync(engine);
    }

    [Theory]
    [InlineData("wrong password", "office", ProblemCodes.AgentDenied)]
    [InlineData(Password, null, ProblemCodes.AgentUnreachable)]
    public async Task Browse_OfAnAgentThatDoesNotAgree_SaysWhy(string password, string? share, string code)
    {
        await using var engine = await StartAsync(enabled: share is not null);
        var agent = (await RequestAsync(engine, local: false)).Destination.Agent!;

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.BrowseAgentAsync(agent with { Password = password }));

        Assert.Equal(code, refusal.Problem.Code);
    }

    [Fact]
    public async Task Run_ToADestinationThatIsFull_SaysSoAndDeletesNothing()
    {
        await using var engine = await StartAsync();
        var volumes = await engine.Client.ListVolumesAsync();
        await File.WriteAllTextAsync(Path.Combine(RootOf(volumes, "nas1"), "old"), "old");
        // All but 8 MiB.
        await Command.RunOkAsync("bash", "-ec", "fallocate -l $(($(df --output=avail -B1 \"$0\" | tail -1) - (8 << 20))) \"$0/ballast\"", RootOf(volumes, "nas1"));
        await Command.RunOkAsync("dd", "if=/dev/urandom", $"of={Path.Combine(RootOf(volumes, "nas0"), "big")}", "bs=1M", "count=32");

        var request = await RequestAsync(engine, local: false);
        var result = await RunAsync(engine, request with { Options = request.Options with { Delete = false }, KeepSnapshots = 0 });

        Assert.True(result.Reason == ReplicationReason.DestinationFull, $"{result.Reason} {result.Output} {string.Join('\n', result.Errors)}");
        Assert.True(File.Exists(Path.Combine(RootOf(volumes, "nas1"), "old")));
        await AssertNothingLeftAsync(engine);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/../../b")]
    [InlineData("/etc")]
    [InlineData("a\nb")]
    public async Task Request_WithAPathThatLeavesTheVolume_IsRefused(string folder)
    {
        await using var engine = await StartAsync();

        var refusal = await Assert.ThrowsAsync<ProblemException>(async () =>
            await engine.Client.StartReplicationAsync((await RequestAsync(engine, local: true)) with { SourceFolder = folder }));

        Assert.Equal(ProblemCodes.ReplicationPathInvalid, refusal.Problem.Code);
        Assert.Empty(await engine.Client.ListReplicationRunsAsync());
    }

    private static async Task<EngineUnderTest> StartAsync(bool enabled = true)
    {
        var engine = await EngineUnderTest.WithGroupAsync(3L << 30);
        try
        {
            await engine.Client.CreateVolumeAsync("vg00", new CreateVolumeRequest("nas0", VolumeType.Nas, 512L << 20, Thin: true));
            await engine.Client.CreateVolumeAsync("vg00", new CreateVolumeRequest("nas1", VolumeType.Nas, 512L << 20, Thin: true));
            await engine.Client.CreateShareAsync(new("office", "vg00/nas1"));
            await engine.Client.ApplyConfigurationAsync(new EngineConfiguration(1, "node", [], [], Agent: new AgentConfiguration(
                enabled, EngineUnderTest.FreePort(), null, [new AgentShareConfiguration("office", "repl", Password, ["127.0.0.0/8"])])));
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    private static async Task<ReplicationRunRequest> RequestAsync(EngineUnderTest engine, bool local)
    {
        var volumes = await engine.Client.ListVolumesAsync();
        var agent = await engine.Client.GetAgentAsync();
        var destination = local
            ? new ReplicationDestination(volumes.Single(v => v.Name == "nas1").Id, "", null, null, null)
            : new ReplicationDestination(null, null, new AgentReference("127.0.0.1", agent.TlsPort, agent.Fingerprint, "repl", Password), "office", null);
        return new ReplicationRunRequest(
            Guid.NewGuid(), TaskId, "DataReplication", volumes.Single(v => v.Name == "nas0").Id, "", destination, new ReplicationOptions(Delete: true), 2, null, 50);
    }

    private static async Task<ReplicationRunResult> RunAsync(EngineUnderTest engine, ReplicationRunRequest request)
    {
        await engine.Client.StartReplicationAsync(request);
        await engine.WaitForAsync(s => s.Runs?.FirstOrDefault(r => r.RunId == request.RunId && r.Outcome is not null));
        var details = await engine.Client.GetReplicationRunAsync(request.RunId);
        await engine.Client.ForgetReplicationRunAsync(request.RunId);
        return details.Result!;
    }

    private static async Task AssertNothingLeftAsync(EngineUnderTest engine)
    {
        var volumes = await engine.Client.ListVolumesAsync();
        Assert.Equal(0, volumes.Single(v => v.Name == "nas0").Snapshots!.Count);
        var mark = Path.Combine(engine.DataDirectory, "runs");
        var left = await Command.RunAsync("bash", ["-c", "for p in $(pgrep -x rsync); do tr '\\0' '\\n' </proc/$p/environ 2>/dev/null | grep -qx \"FUTAGO_ENGINE=$0\" && echo $p; done; true", mark]);
        Assert.Equal("", left.Output);
    }

    private static Task<string> DifferencesAsync(string source, string destination) =>
        Command.RunOkAsync("rsync", "-aHAXn", "--delete", "--itemize-changes", "--checksum", "--exclude=/.futago-volume", source + "/", destination + "/");

    /// <summary>Other bytes, with the length and the time of the source's, to which it would look copied.</summary>
    private static async Task TearAsync(string source, string copy)
    {
        await Command.RunOkAsync("cmp", source, copy);
        await Command.RunOkAsync("bash", "-ec", "head -c $(stat -c %s \"$0\") /dev/zero >\"$1\"; touch -r \"$0\" \"$1\"", source, copy);
    }

    /// <summary>Mounts of the engine, and files of its own that are behind a loop device.</summary>
    private static async Task<IReadOnlyList<string>> SystemObjectsAsync(EngineUnderTest engine) =>
    [
        .. engine.Mounts.Order(StringComparer.Ordinal),
        .. (await Command.RunOkAsync("losetup", "--list", "--noheadings", "--output", "BACK-FILE")).Split('\n', StringSplitOptions.TrimEntries)
            .Where(f => f.StartsWith(engine.Root + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    private static async Task FillAsync(EngineUnderTest engine) => await Command.RunOkAsync("bash", "-ec", """
        cd "$0"
        mkdir -p tree; for i in $(seq 200); do echo $i >tree/$i; done
        printf x >$'new\nline'; printf x >$'bad\xff'; ln -s /etc/passwd outside; ln tree/1 hard; truncate -s 20M hole; setfattr -n user.a -v b tree/2; setfacl -m u:12345:rw tree/3
        """, RootOf(await engine.Client.ListVolumesAsync(), "nas0"));

    private static async Task<string> RootOfAsync(EngineUnderTest engine, string name) => RootOf(await engine.Client.ListVolumesAsync(), name);

    private static string RootOf(IReadOnlyList<VolumeInfo> volumes, string name) => volumes.Single(v => v.Name == name).FileSystem!.MountPoint!;
}
