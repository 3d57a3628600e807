using Futago.Cli.Output;
using Futago.Console.Client.Failover;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Replication;

namespace Futago.Cli.Commands;

/// <summary>Waits until a command has had its effect, and says on standard error how far it is.</summary>
internal static class FailoverWait
{
    private const int PollsUntilServed = 240;
    private const int PollsUntilRefused = 3;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>One of the nodes serves, and neither is in the middle of something.</summary>
    public static Task<FailoverView> UntilServedAsync(Invocation call, FailoverView view) => UntilAsync(call, view, IsServed, PollsUntilServed);

    /// <summary>Both nodes have the same data; however long that takes.</summary>
    public static Task<FailoverView> UntilSyncedAsync(Invocation call, FailoverView view) =>
        UntilAsync(call, view, v => v.Status is { Data: DataState.UpToDate, Peer.Data: DataState.UpToDate, Command: not { Kind: FailoverCommandKind.Sync, FinishedAt: null } }, int.MaxValue);

    /// <summary>What was waited for has not come, or the command came to nothing.</summary>
    public static bool Failed(FailoverView view) => view.Status?.Command?.Problem is not null || !IsServed(view);

    private static bool IsServed(FailoverView view) => view.Status is { Running: true } status && status.Command is not { FinishedAt: null }
        && (IsActive(status.State) || (status.State == FailoverState.Passive && status.Peer is { Visible: true } peer && IsActive(peer.State)));

    private static bool IsActive(FailoverState state) => state is FailoverState.ActiveMirrored or FailoverState.ActiveAlone;

    private static async Task<FailoverView> UntilAsync(Invocation call, FailoverView view, Func<FailoverView, bool> done, int polls)
    {
        var said = "";
        var refused = 0;
        for (var poll = 0; poll < polls && !done(view); poll++)
        {
            // More than once: what is shown may still be from before the command.
            refused = view.Status?.Command is { FinishedAt: not null, Problem: not null } ? refused + 1 : 0;
            if (refused > PollsUntilRefused)
                return view;
            var sentence = FailoverPage.Summary(view);
            if (sentence != said)
                call.Note(said = sentence);
            await Task.Delay(Poll, call.Environment.Clock, call.Cancellation);
            view = await call.Console.Failover.GetAsync(call.Cancellation);
        }
        return view;
    }
}
