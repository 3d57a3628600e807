namespace Futago.Volumes.Programs;

/// <param name="Error">Standard error, shortened, on one line.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error);
