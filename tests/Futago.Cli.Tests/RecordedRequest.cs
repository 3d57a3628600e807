namespace Futago.Cli.Tests;

/// <param name="Line">Method and path with query.</param>
/// <param name="Body">As sent; empty without one.</param>
internal sealed record RecordedRequest(string Line, string Body);
