namespace Futago.Cli;

/// <summary>The command line cannot mean anything: one sentence that says what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
