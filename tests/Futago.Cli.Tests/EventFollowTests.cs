using System.Text.Json;
using Futago.Console.Client.Events;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;

namespace Futago.Cli.Tests;

public class EventFollowTests
{
    [Fact]
    public async Task Follow_NewEvents_AreShownOnceInOrderUntilInterrupted()
    {
        await using var cli = await CliFixture.StartAsync();
        var looks = 0;
        cli.Console!.Answer("GET /api/v1/events?limit=2", () => (200, Page(2, 1)));
        cli.Console.Answer("GET /api/v1/events?limit=500", () => Interlocked.Increment(ref looks) switch
        {
            1 => (200, Page(2, 1)),
            2 => (503, JsonSerializer.Serialize(new Problem(ProblemCodes.DatabaseUnreachable, "Starting."), EngineJson.Options)),
            _ => (200, Page(4, 3, 2, 1)),
        });
        using var interrupted = new CancellationTokenSource();
        var output = new InterruptingWriter("event 4", interrupted);

        var run = await cli.RunAsync(["event", "list", "--follow", "--limit", "2", "--data", cli.Directory], "", output, interrupted.Token);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(["event 1", "event 2", "event 3", "event 4"], run.Output.TrimEnd('\n').Split('\n').Select(line => line[^7..]));
        Assert.Equal("The console does not answer; waiting for it.\n", run.Error);
    }

    private static string Page(params long[] ids) =>
        JsonSerializer.Serialize(ids.Select(id => new EventView(id, Samples.Time, EventSeverity.Info, "engine", "test", null, null, $"event {id}", null)), EngineJson.Options);

    /// <summary>Interrupts, as Ctrl-C does, when a text has been written.</summary>
    private sealed class InterruptingWriter(string text, CancellationTokenSource interrupted) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
                interrupted.Cancel();
        }
    }
}
