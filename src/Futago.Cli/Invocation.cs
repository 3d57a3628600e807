using System.CommandLine;
using System.Text.Json;
using Futago.Cli.Commands;
using Futago.Cli.Instances;
using Futago.Console.Client.Http;
using Futago.Engine.Contracts;

namespace Futago.Cli;

/// <summary>One run of one verb: its values, the node that it talks to, and where its answer goes.</summary>
internal sealed class Invocation(ParseResult parse, GlobalOptions globals, CliEnvironment environment, CancellationToken cancellation) : IDisposable
{
    private Connection? _connection;
    private ConsoleClient? _console;
    private EngineClient? _engine;

    public CliEnvironment Environment => environment;

    public CancellationToken Cancellation => cancellation;

    public bool Json => parse.GetValue(globals.Json);

    public ConsoleClient Console => _console ??= new ConsoleClient(Connection.Console);

    /// <summary>The engine's own socket; null when the console was addressed directly and nothing is known about its engine.</summary>
    public EngineClient? Engine => _engine ??= Connection.EngineSocket is { } socket ? new EngineClient(socket) : null;

    public Connection Connection => _connection ??= ConnectionResolver.Resolve(new ConnectionChoice(
        parse.GetValue(globals.Socket),
        parse.GetValue(globals.Data),
        parse.GetValue(globals.Node),
        parse.GetValue(globals.Url),
        parse.GetValue(globals.TokenFile),
        parse.GetValue(globals.Fingerprint)), environment);

    public T? Value<T>(Option<T> option) => parse.GetValue(option);

    public T Value<T>(Argument<T> argument) => parse.GetValue(argument)!;

    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>A path as the node will see it: relative ones are completed here, where they were typed.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, environment.WorkingDirectory);

    /// <summary>The answer: the API's document with <c>--json</c>, else what <paramref name="text"/> writes for a person.</summary>
    public void Print<T>(T document, Action<TextWriter> text)
    {
        if (Json)
            environment.Output.WriteLine(JsonSerializer.Serialize(document, EngineJson.Options));
        else
            text(environment.Output);
    }

    /// <summary>The answer of a verb that has no document: nothing with <c>--json</c>.</summary>
    public void Done(string sentence)
    {
        if (!Json)
            environment.Output.WriteLine(sentence);
    }

    /// <summary>Something worth knowing that is not the answer.</summary>
    public void Note(string sentence) => environment.Error.WriteLine(sentence);

    public void Dispose()
    {
        _console?.Dispose();
        _engine?.Dispose();
    }
}
