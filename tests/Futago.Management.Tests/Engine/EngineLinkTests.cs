using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Node;
using Futago.Management.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Management.Tests.Engine;

public sealed class EngineLinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Link_EngineStopsAndComesBack_StatusFollows()
    {
        await using var engine = await Fakes.FakeEngine.StartAsync();
        using var client = new Futago.Engine.Contracts.EngineClient(engine.SocketPath);
        using var live = new LiveStatus(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var link = new EngineLink(client, live, TimeProvider.System, NullLogger<EngineLink>.Instance).RunAsync(stop.Token);

        engine.Status.Writer.TryWrite(Update("first"));
        await UntilAsync(live, () => live.Connected && live.Node?.Name == "first");
        var connectedSince = live.Since;
        await engine.StopAsync();
        await UntilAsync(live, () => !live.Connected);
        var problem = live.Problem;
        var nodeWhileAway = live.Node?.Name;
        await engine.ResumeAsync();
        engine.Status.Writer.TryWrite(Update("second"));
        await UntilAsync(live, () => live.Connected && live.Node?.Name == "second");
        await stop.CancelAsync();
        await link;

        Assert.NotNull(problem);
        Assert.Equal("first", nodeWhileAway);
        Assert.True(live.Since > connectedSince);
    }

    [Fact]
    public async Task Changed_ManyUpdates_AreToldFarLessOften()
    {
        using var live = new LiveStatus(TimeProvider.System);
        var told = 0;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        live.Changed += () =>
        {
            Interlocked.Increment(ref told);
            if (live.Node?.Name == "999")
                last.TrySetResult();
        };

        for (var i = 0; i < 1000; i++)
            live.Apply(Update($"{i}"));
        await last.Task.WaitAsync(Patience);

        Assert.InRange(told, 1, 10);
    }

    [Fact]
    public void Heartbeat_ChangesNothing_TellsNobody()
    {
        using var live = new LiveStatus(TimeProvider.System);
        live.Apply(Update("a"));
        var since = live.Since;

        live.Apply(new StatusUpdate());

        Assert.Equal(("a", since), (live.Node!.Name, live.Since));
    }

    [Fact]
    public void Disconnect_AgainForTheSameReason_ChangesNothing()
    {
        using var live = new LiveStatus(TimeProvider.System);
        live.Disconnect(Refused());
        var before = live.Current;

        live.Disconnect(Refused());

        Assert.Same(before, live.Current);
    }

    // With values of its own each time, as a failing call makes it.
    private static Problem Refused() => new(ProblemCodes.EngineUnreachable, "The engine does not answer.", null, new Dictionary<string, string> { ["reason"] = "refused" });

    private static StatusUpdate Update(string name) => new(new NodeStatus(name, "0", DateTimeOffset.UnixEpoch, 0, [], 0));

    private static async Task UntilAsync(LiveStatus live, Func<bool> condition)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Check()
        {
            if (condition())
                reached.TrySetResult();
        }
        live.Changed += Check;
        Check();
        await reached.Task.WaitAsync(Patience);
        live.Changed -= Check;
    }
}
