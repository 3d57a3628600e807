using Futago.Cli.Output;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Cli.Commands;

/// <summary>Waits for what takes its time in volume replication, and says on standard error how far it is.</summary>
internal static class VolumeReplicationWait
{
    private const int PollsUntilGone = 60;
    private const int PollsUntilFinal = 3;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>States that no waiting ends: a person has to decide or to mend something.</summary>
    private static readonly HashSet<string> Final =
    [
        ProblemCodes.VolumeReplicationSplitBrain, ProblemCodes.VolumeReplicationUnrelated, ProblemCodes.VolumeReplicationWrongPeer, ProblemCodes.VolumeReplicationSizeMismatch,
        ProblemCodes.VolumeReplicationMetadataDamaged, ProblemCodes.VolumeReplicationMetadataForeign, ProblemCodes.VolumeReplicationNotPaired, ProblemCodes.VolumeReplicationNobodyHasData,
        ProblemCodes.VolumeReplicationBothSource, ProblemCodes.VolumeReplicationBothInconsistent, ProblemCodes.VolumeReplicationNoDisk, ProblemCodes.VolumeReplicationUnfinished,
        ProblemCodes.VolumeReplicationNoSource, ProblemCodes.VolumeNotFound,
    ];

    public static async Task<VolumeReplicationView> UntilSyncedAsync(Invocation call, VolumeReplicationView view)
    {
        var said = "";
        var final = 0;
        while (view is { Synced: false, Started: true })
        {
            // More than once: what is shown may still be from before the start.
            final = view.Problem is { } problem && Final.Contains(problem.Code) ? final + 1 : 0;
            if (final > PollsUntilFinal)
                return view;
            said = Say(call, said, view.Status?.Resync is { State: not ResyncState.None } resync
                ? $"{view.Name}: {VolumeReplicationPage.Resync(resync)}"
                : $"{view.Name}: {VolumeReplicationPage.Connection(view)}{(view.Problem is { } why ? $", {why.Detail}" : "")}");
            await Task.Delay(Poll, call.Environment.Clock, call.Cancellation);
            view = await call.Console.VolumeReplications.GetAsync(view.Name, call.Cancellation);
        }
        return view;
    }

    /// <param name="before">When the verify before this one began: its report may still be what is shown.</param>
    public static async Task<VolumeReplicationView> UntilVerifiedAsync(Invocation call, VolumeReplicationView view, DateTimeOffset? before)
    {
        var said = "";
        var unknown = 0;
        while (view.Status?.Verify is not { FinishedAt: not null } report || report.StartedAt == before)
        {
            // Neither begun nor ended: the engine was started again, or the connection was lost.
            unknown = view.Status?.Verify is null || view.Status.Verify.StartedAt == before ? unknown + 1 : 0;
            if (unknown > PollsUntilGone)
                return view;
            if (view.Status?.Verify is { FinishedAt: null } running)
                said = Say(call, said, $"{view.Name}: {Format.Size(running.CheckedBytes)} of {Format.Size(running.TotalBytes)} compared, {Format.Size(running.DifferentBytes)} differ");
            await Task.Delay(Poll, call.Environment.Clock, call.Cancellation);
            view = await call.Console.VolumeReplications.GetAsync(view.Name, call.Cancellation);
        }
        return view;
    }

    private static string Say(Invocation call, string said, string sentence)
    {
        if (sentence != said)
            call.Note(sentence);
        return sentence;
    }
}
