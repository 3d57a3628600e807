using Futago.Cli.Output;
using Futago.Console.Client.VolumeReplication;

namespace Futago.Cli.Commands;

/// <summary>Verbs of volume replication that decide which data counts.</summary>
internal static class VolumeReplicationDecisions
{
    public static Verb Heal() => Confirmed("heal", "Copies the blocks that the last verify found different from this node, the source, to the peer.",
        task => $"Overwriting the blocks of the peer's side of {task} that differ", (tasks, task, token) => tasks.HealAsync(task, task, token),
        task => $"The blocks that differ are copied from this node; verify {task} again to be sure.");

    public static Verb ClearMetadata() => Confirmed("clear-metadata", "This node's volume counts as one without replicated data: the next connection copies everything over it.",
        task => $"Clearing the replication metadata of this node's side of {task}", (tasks, task, token) => tasks.ClearMetadataAsync(task, task, token),
        task => $"Cleared the replication metadata of {task} on this node.");

    public static Verb ForceSource() => Confirmed("force-source", "This node becomes source although that may lose data or part the two sides for good; for when the source is lost.",
        task => $"Making this node the source of {task} by force", (tasks, task, token) => tasks.ForceSourceAsync(task, task, token),
        task => $"This node is the source of {task} now.");

    public static Verb Switch()
    {
        var name = VolumeReplicationCommands.Name();
        var source = Values.Choice("--source", "Which node becomes source; the one that is not, unless given.", "here", "peer");
        var yes = Values.Yes();
        return new Verb("switch", "Switches the roles: the source gives up first, then the other node takes over.", async call =>
        {
            var task = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Switching the roles of {task} interrupts whoever uses the volume now and", task);
            var view = await call.Console.VolumeReplications.SwitchAsync(
                task, new SwitchVolumeReplication(call.Value(source) is { } side ? Values.Enumerated<PairSide>(side) : null), call.Cancellation);
            call.Print(view, output => VolumeReplicationPage.Write(output, view, call.Environment));
        }, name, source, yes);
    }

    public static Verb DiscardSide()
    {
        var name = VolumeReplicationCommands.Name();
        var side = Values.Choice("--side", "Whose data is given up: here (unless given) or peer.", "here", "peer");
        var yes = Values.Yes();
        return new Verb("discard-side", "Decides a split brain: one side's data is given up, and kept as a snapshot on its node.", async call =>
        {
            var task = call.Value(name);
            var chosen = call.Value(side) is { } text ? Values.Enumerated<PairSide>(text) : PairSide.Here;
            await Confirmation.RequireAsync(call, call.Value(yes), $"Giving up {(chosen == PairSide.Here ? "this node's" : "the peer's")} side of {task}", task);
            var view = await call.Console.VolumeReplications.DiscardSideAsync(task, new DiscardSide(chosen, task), call.Cancellation);
            call.Print(view, output => VolumeReplicationPage.Write(output, view, call.Environment));
        }, name, side, yes);
    }

    private static Verb Confirmed(
        string verb, string description, Func<string, string> doing, Func<IVolumeReplications, string, CancellationToken, Task<VolumeReplicationView>> act, Func<string, string> done)
    {
        var name = VolumeReplicationCommands.Name();
        var yes = Values.Yes();
        return new Verb(verb, description, async call =>
        {
            var task = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), doing(task), task);
            var view = await act(call.Console.VolumeReplications, task, call.Cancellation);
            call.Print(view, output =>
            {
                output.WriteLine(done(task));
                VolumeReplicationPage.Write(output, view, call.Environment);
            });
        }, name, yes);
    }
}
