using Futago.DataReplication.Protocol;

namespace Futago.DataReplication.Runs;

/// <summary>What a run has come to.</summary>
/// <param name="Retry">Whether trying again may help by itself.</param>
/// <param name="Detail">One English sentence: the reason and, where there is one, the remedy.</param>
internal sealed record RunVerdict(RunOutcome Outcome, RunReason Reason, string Detail, bool Retry = false)
{
    /// <summary>What a process that a signal ended has instead of an exit code: this and the number of the signal.</summary>
    private const int SignalBase = 128;

    public static RunVerdict DestinationFull { get; } = Failed(RunReason.DestinationFull, "The destination is full. Make room there, or expand its volume.");

    public static RunVerdict Good { get; } = new(RunOutcome.Ok, RunReason.None, "Everything was copied.");

    /// <summary>From rsync's exit code and what it said, which often knows more than the code.</summary>
    /// <param name="deletedToTheLimit">
    /// Whether as many files were deleted as may be: the receiving side, which stops there, says so to nobody but its own log.
    /// </param>
    public static RunVerdict Of(int exitCode, IReadOnlyList<string> said, bool deletedToTheLimit)
    {
        if (exitCode == 25 || (exitCode == 0 && (deletedToTheLimit || Says(said, "Deletions stopped due to --max-delete limit"))))
            return new(RunOutcome.Warning, RunReason.DeleteLimit,
                "Everything was copied, but as many files were deleted at the destination as the task allows; the deletions stopped there. Look at the source; if it is right, raise the limit.");
        if (exitCode == 0)
            return Good;
        if (Says(said, "No space left on device") || Says(said, "Disk quota exceeded"))
            return DestinationFull;
        if (Says(said, "Read-only file system") || Says(said, "module is read only"))
            return Failed(RunReason.DestinationReadOnly, "The destination is read-only.");
        if (Says(said, "auth failed on module"))
            return Failed(RunReason.Denied, "User or password is wrong.");
        if (Says(said, "max connections"))
            return Failed(RunReason.DestinationBusy, "Another run is writing to this destination.", retry: true);
        if (Says(said, "Unknown module"))
            return Failed(RunReason.ShareUnknown, "The destination does not offer this share to this user and address.");
        return exitCode switch
        {
            24 => new(RunOutcome.Warning, RunReason.FilesVanished, "Some files vanished while they were being copied."),
            23 => new(RunOutcome.Warning, RunReason.Partial, "Some files or attributes could not be copied; the first errors are below. Nothing was deleted after an error of reading."),
            10 or 12 or 30 or 35 => Failed(RunReason.Network, "The connection to the destination was lost.", retry: true),
            11 or 22 => Failed(RunReason.InputOutput, "Reading the source or writing the destination failed."),
            5 => Failed(RunReason.Configuration, "The destination did not accept the connection."),
            1 or 2 or 3 or 4 or 6 => Failed(RunReason.Configuration, "rsync did not accept what it was asked for; the versions of the two nodes may differ too much."),
            // Of the receiving one too, which hands its exit code on. Who stops a run does not come here.
            19 or 20 => Failed(RunReason.Internal, "rsync was ended from outside, on this node or at the destination. What it copied is kept.", retry: true),
            > SignalBase => Failed(RunReason.Internal, $"rsync was ended on this node by the signal {exitCode - SignalBase}. What it copied is kept.", retry: true),
            _ => Failed(RunReason.Internal, $"rsync ended with the exit code {exitCode}."),
        };
    }

    public static RunVerdict Of(AgentException e) => e.Failure switch
    {
        AgentFailure.Unreachable => Failed(RunReason.AgentUnreachable, e.Message, retry: true),
        AgentFailure.Busy => Failed(RunReason.DestinationBusy, e.Message, retry: true),
        AgentFailure.CertificateChanged => Failed(RunReason.CertificateChanged, e.Message),
        AgentFailure.Denied => Failed(RunReason.Denied, e.Message),
        AgentFailure.ShareUnknown => Failed(RunReason.ShareUnknown, e.Message),
        AgentFailure.ShareUnavailable => Failed(RunReason.ShareUnavailable, e.Message),
        AgentFailure.NotDurable => Failed(RunReason.InputOutput, e.Message),
        _ => Failed(RunReason.AgentUnreachable, e.Message),
    };

    public static RunVerdict Failed(RunReason reason, string detail, bool retry = false) => new(RunOutcome.Failed, reason, detail, retry);

    private static bool Says(IReadOnlyList<string> said, string text) => said.Any(e => e.Contains(text, StringComparison.Ordinal));
}
