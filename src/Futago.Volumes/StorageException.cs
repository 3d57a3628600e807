namespace Futago.Volumes;

/// <summary>A storage operation that was refused, or failed and was undone: nothing has changed.</summary>
public sealed class StorageException(StorageProblem problem, RefusalKind kind, Exception? inner = null) : Exception(problem.Detail, inner)
{
    public StorageProblem Problem { get; } = problem;

    public RefusalKind Kind { get; } = kind;

    internal static StorageException Invalid(string code, string detail, string? field = null, params (string Name, string Value)[] args) =>
        new(new StorageProblem(code, detail, field, ToArgs(args)), RefusalKind.Invalid);

    internal static StorageException NotFound(string code, string detail, params (string Name, string Value)[] args) =>
        new(new StorageProblem(code, detail, null, ToArgs(args)), RefusalKind.NotFound);

    internal static StorageException Conflict(string code, string detail, string? field = null, params (string Name, string Value)[] args) =>
        new(new StorageProblem(code, detail, field, ToArgs(args)), RefusalKind.Conflict);

    internal static Dictionary<string, string>? ToArgs((string Name, string Value)[] args) =>
        args.Length == 0 ? null : args.ToDictionary(a => a.Name, a => a.Value);
}
