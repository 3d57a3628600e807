using Futago.Volumes.Metadata;

namespace Futago.DataReplication.Runs;

/// <summary><c>runs/ID.json</c>: a run that has begun, and its result when it has one. docs/on-disk/engine-state.md.</summary>
internal sealed record RunDocument(int FormatVersion, Guid RunId, Guid TaskId, string TaskName, DateTimeOffset StartedAt, RunResult? Result) : ISealedDocument
{
    public const int CurrentVersion = 1;
}
