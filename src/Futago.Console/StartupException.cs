namespace Futago.Console;

/// <summary>The console cannot start, for a reason that a person can do something about. The message is all that is printed.</summary>
public sealed class StartupException(string message) : Exception(message);
