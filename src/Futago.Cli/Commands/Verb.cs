using System.CommandLine;

namespace Futago.Cli.Commands;

/// <summary>A command that does something, as opposed to a noun that only holds verbs.</summary>
internal sealed class Verb : Command
{
    private readonly Func<Invocation, Task<int>> _run;

    public Verb(string name, string description, Func<Invocation, Task<int>> run, params Symbol[] symbols)
        : base(name, description)
    {
        _run = run;
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    Add(argument);
                    break;
                case Option option:
                    Add(option);
                    break;
                default:
                    throw new ArgumentException($"{symbol.Name} is neither an argument nor an option.", nameof(symbols));
            }
        }
    }

    public Verb(string name, string description, Func<Invocation, Task> run, params Symbol[] symbols)
        : this(name, description, async call =>
        {
            await run(call);
            return ExitCode.Success;
        }, symbols)
    {
    }

    public Task<int> RunAsync(Invocation call) => _run(call);
}
