namespace Futago.Cli;

/// <summary>Everything that a command takes from the process it runs in, so that a test can stand in for it.</summary>
/// <param name="IsTerminal">A person can be asked: standard input is a terminal.</param>
/// <param name="WorkingDirectory">What relative paths are relative to.</param>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="ReadHidden">Asks for a line that is not shown while it is typed; null at end of input.</param>
/// <param name="DefaultDataDirectory">Where the instance of an installed node is.</param>
/// <param name="FollowInterval">Pause between two looks at the events while following them.</param>
public sealed record CliEnvironment(
    TextReader Input,
    TextWriter Output,
    TextWriter Error,
    bool IsTerminal,
    string WorkingDirectory,
    Func<string, string?> Variable,
    Func<string, string?> ReadHidden,
    TimeProvider Clock,
    string DefaultDataDirectory,
    TimeSpan FollowInterval)
{
    public static CliEnvironment OfThisProcess() => new(
        System.Console.In,
        System.Console.Out,
        System.Console.Error,
        !System.Console.IsInputRedirected,
        Environment.CurrentDirectory,
        Environment.GetEnvironmentVariable,
        HiddenInput.Read,
        TimeProvider.System,
        "/var/lib/futago",
        TimeSpan.FromSeconds(1));
}
