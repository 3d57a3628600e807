namespace Futago.Engine.Contracts;

/// <summary>
/// Why a request was refused or an object is not well, for a person and for a program. On the wire it is an RFC 9457 problem
/// document with <c>code</c>, <c>field</c> and <c>args</c> as extension members.
/// </summary>
/// <param name="Code">Stable identifier such as <c>volume.in-use</c>; see <see cref="ProblemCodes"/>. The UI translates by it.</param>
/// <param name="Detail">One English sentence: the reason and the remedy. Never contains a secret.</param>
/// <param name="Field">The request field at fault in camelCase (<c>sizeBytes</c>), or null when no single field is.</param>
/// <param name="Args">Values that the sentence mentions, by name, so that a translation can place them.</param>
public sealed record Problem(
    string Code,
    string Detail,
    string? Field = null,
    IReadOnlyDictionary<string, string>? Args = null);

/// <summary>A request that was refused and changed nothing.</summary>
public sealed class ProblemException(Problem problem, int status = 400) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;

    /// <summary>HTTP status that fits: 400 bad value, 404 no such object, 409 conflict with the present state, 503 not reachable.</summary>
    public int Status { get; } = status;

    public static ProblemException Invalid(string code, string detail, string? field = null, params (string Name, string Value)[] args) =>
        new(new Problem(code, detail, field, ToArgs(args)));

    public static ProblemException NotFound(string code, string detail, params (string Name, string Value)[] args) =>
        new(new Problem(code, detail, null, ToArgs(args)), 404);

    public static ProblemException Conflict(string code, string detail, string? field = null, params (string Name, string Value)[] args) =>
        new(new Problem(code, detail, field, ToArgs(args)), 409);

    private static Dictionary<string, string>? ToArgs((string Name, string Value)[] args) =>
        args.Length == 0 ? null : args.ToDictionary(a => a.Name, a => a.Value);
}
