namespace Futago.DataReplication.Runs;

/// <summary>A run that is going on, or has ended and whose result has not been taken yet.</summary>
/// <param name="Result">Null while it is going on.</param>
public sealed record RunStatus(Guid RunId, Guid TaskId, string TaskName, DateTimeOffset StartedAt, RunProgress Progress, RunResult? Result);

/// <summary>Why a run was not started.</summary>
public enum RunRefusal
{
    None,
    /// <summary>The same run or another one of the same task is going on.</summary>
    Running,
    /// <summary>Too many results wait to be taken.</summary>
    TooMany,
}
