namespace Futago.Testing.Processes;

public sealed record CommandResult(string CommandLine, int ExitCode, string Output, string Error)
{
    public CommandResult EnsureSuccess() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{CommandLine} ended with exit code {ExitCode}.\n{Output}\n{Error}");
}
