using Futago.DataReplication.Rsync;
using Futago.DataReplication.Runs;
using Futago.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.DataReplication.Tests;

/// <summary>A source and a destination, a run service, and what must hold after every run.</summary>
internal sealed class RunBench : IAsyncDisposable
{
    public static RsyncOptions Options { get; } = new(Delete: true, DeleteLimit: 1000, null, false, [], []);

    private RunBench(DirectoryVolumes volumes, AgentUnderTest agent)
    {
        (Volumes, Agent) = (volumes, agent);
        Source = volumes.AddVolume();
        Destination = volumes.AddVolume();
        agent.AddShare("office", Destination);
        Runs = NewService();
    }

    public DirectoryVolumes Volumes { get; }

    public AgentUnderTest Agent { get; }

    public Guid Source { get; }

    public Guid Destination { get; }

    public RunService Runs { get; private set; }

    public string SourceRoot => Volumes.RootOf(Source);

    public string DestinationRoot => Volumes.RootOf(Destination);

    public static async Task<RunBench> StartAsync()
    {
        var volumes = new DirectoryVolumes();
        var bench = new RunBench(volumes, await AgentUnderTest.StartAsync(volumes));
        bench.Runs.Start();
        return bench;
    }

    public RunRequest Request(RunDestination? destination = null, RsyncOptions? options = null) => new(
        Guid.NewGuid(), Guid.NewGuid(), "DataReplication", Source, "", destination ?? new AgentDestination(Agent.Address(), "office", null), options ?? Options, 0, null, 50);

    public async Task<RunResult> RunAsync(RunRequest request)
    {
        Assert.Equal(RunRefusal.None, Runs.Begin(request));
        return await EndOfAsync(request.RunId);
    }

    public async Task<RunResult> EndOfAsync(Guid run)
    {
        var ended = new TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnEnded(RunStatus status)
        {
            if (status.RunId == run)
                ended.TrySetResult(status.Result!);
        }
        Runs.Ended += OnEnded;
        try
        {
            if (Runs.Find(run)?.Result is { } result)
                ended.TrySetResult(result);
            var taken = await ended.Task.WaitAsync(TimeSpan.FromMinutes(2));
            AssertNothingLeft();
            return taken;
        }
        finally
        {
            Runs.Ended -= OnEnded;
        }
    }

    /// <summary>What an engine does that starts where another one was killed.</summary>
    /// <param name="retryPauses">Those of the bench when none are given.</param>
    public void Restart(params TimeSpan[] retryPauses)
    {
        Runs = NewService(retryPauses);
        Runs.Start();
    }

    public void AssertNothingLeft()
    {
        Assert.Equal(0, Volumes.Mounts);
        Assert.DoesNotContain(Volumes.SnapshotsOf(Source), s => s.Temporary);
    }

    /// <summary>Differences between the two trees, attributes and links included; empty when there are none.</summary>
    public async Task<string> DifferencesAsync(string? source = null) => await Command.RunOkAsync(
        "rsync", "-aHAXn", "--delete", "--itemize-changes", "--checksum", "--exclude=/.futago-volume", (source ?? SourceRoot) + "/", DestinationRoot + "/");

    public async ValueTask DisposeAsync()
    {
        await Runs.StopAsync();
        await Agent.DisposeAsync();
        await Volumes.DisposeAsync();
    }

    private RunService NewService(params TimeSpan[] retryPauses) => new(
        new RunOptions(
            Volumes.StateDirectory, Volumes.RuntimeDirectory,
            retryPauses.Length > 0 ? retryPauses : [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2)]),
        Volumes, Volumes.Copies, TimeProvider.System, NullLogger<RunService>.Instance);
}
