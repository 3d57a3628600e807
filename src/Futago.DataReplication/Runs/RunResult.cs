using Futago.DataReplication.Rsync;

namespace Futago.DataReplication.Runs;

/// <summary>How a run went.</summary>
/// <param name="Detail">One English sentence.</param>
/// <param name="ExitCode">Of the last rsync; null when it did not come to one.</param>
/// <param name="RecoveryPoint">The moment whose data the destination holds now; null when the run did not get that far.</param>
/// <param name="SourceFiles">Files and directories in the source volume; compare with the next run's.</param>
/// <param name="DestinationSnapshot">Name of the snapshot that was taken there, or null.</param>
/// <param name="Errors">The first lines of rsync's errors.</param>
/// <param name="Output">All that rsync printed; the middle of a long one is left out.</param>
public sealed record RunResult(
    RunOutcome Outcome,
    RunReason Reason,
    string Detail,
    DateTimeOffset FinishedAt,
    int? ExitCode,
    int Attempts,
    DateTimeOffset? RecoveryPoint,
    long? SourceFiles,
    RsyncStatistics? Statistics,
    string? DestinationSnapshot,
    IReadOnlyList<string> Errors,
    string Output);
