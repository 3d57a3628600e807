using System.Text.Json;
using Futago.Engine.Contracts;

namespace Futago.Cli.Tests;

/// <summary>A data directory with an instance whose console (and, when asked for, engine) is a fake; and the real command run against it.</summary>
internal sealed class CliFixture : IAsyncDisposable
{
    private CliFixture(string directory) => Directory = directory;

    public string Directory { get; }

    /// <summary>The working directory of the command.</summary>
    public string WorkingDirectory => Path.Combine(Directory, "work");

    public FakeNode? Console { get; private set; }

    public FakeNode? Engine { get; private set; }

    public bool IsTerminal { get; set; }

    public Dictionary<string, string> Variables { get; } = [];

    public string ConsoleSocket => Path.Combine(Directory, "console.sock");

    public string EngineSocket => Path.Combine(Directory, "engine.sock");

    public static async Task<CliFixture> StartAsync(bool console = true, bool engine = false)
    {
        var fixture = new CliFixture(System.IO.Directory.CreateTempSubdirectory("futago-cli-").FullName);
        System.IO.Directory.CreateDirectory(fixture.WorkingDirectory);
        fixture.WriteInstance(fixture.Directory, new { version = 1, id = "x", nodeName = "solo", engineSocket = fixture.EngineSocket, consoleSocket = fixture.ConsoleSocket });
        if (console)
            fixture.Console = await FakeNode.StartAsync(fixture.ConsoleSocket);
        if (engine)
            fixture.Engine = await FakeNode.StartAsync(fixture.EngineSocket);
        return fixture;
    }

    public void WriteInstance(string directory, object document)
    {
        System.IO.Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "instance.json"), JsonSerializer.Serialize(document, EngineJson.Options));
    }

    public string WriteFile(string name, string content)
    {
        var path = Path.Combine(WorkingDirectory, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Runs a line against this fixture's data directory.</summary>
    public Task<CliRun> RunAsync(string line, string input = "") => RunAsync([.. line.Split(' '), "--data", Directory], input);

    public async Task<CliRun> RunAsync(IReadOnlyList<string> args, string input = "", TextWriter? output = null, CancellationToken cancellation = default)
    {
        output ??= new StringWriter();
        var error = new StringWriter();
        var hidden = new Queue<string>(input.Split('\n'));
        var environment = new CliEnvironment(
            new StringReader(input),
            output,
            error,
            IsTerminal,
            WorkingDirectory,
            Variables.GetValueOrDefault,
            _ => hidden.TryDequeue(out var typed) ? typed : null,
            new FixedZoneClock(),
            Path.Combine(Directory, "installed"),
            TimeSpan.FromMilliseconds(1));
        var exitCode = await CliApplication.RunAsync(args, environment, cancellation);
        return new CliRun(exitCode, output.ToString()!, error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Console is not null)
            await Console.DisposeAsync();
        if (Engine is not null)
            await Engine.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Nine hours ahead of UTC wherever the test runs.</summary>
    private sealed class FixedZoneClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(9), "test", "test");
    }
}
