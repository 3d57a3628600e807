using Futago.Engine.Contracts;

namespace Futago.Cli.Output;

/// <summary>What <c>--json</c> writes to standard error: the members of the problem document, in this order.</summary>
/// <param name="Status">HTTP status of the answer; null when nothing was sent.</param>
internal sealed record ErrorReport(int? Status, string Code, string Detail, string? Field, IReadOnlyDictionary<string, string>? Args)
{
    public static ErrorReport Of(ProblemException exception) => new(
        exception.Status,
        exception.Problem.Code,
        exception.Problem.Detail,
        exception.Problem.Field,
        exception.Problem.Args);
}
