using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Failover;

namespace Futago.Cli.Commands;

/// <summary>Verbs that move the service between the nodes.</summary>
internal static class FailoverManagerCommands
{
    public static Verb Start() => Command("start", "Starts the failover manager on both nodes; refused, with the reason, while a check fails.", "Wait until a node serves.",
        (failover, token) => failover.StartAsync(token), "Started the failover manager on both nodes.", FailoverWait.UntilServedAsync);

    public static Verb Stop()
    {
        var yes = Values.Yes();
        return new Verb("stop", "Stops the failover manager on both nodes: the virtual IPs go away.", async call =>
        {
            await Confirmation.RequireAsync(call, call.Value(yes) || !call.Environment.IsTerminal, "Stopping the failover manager", "stop",
                () => Task.FromResult<IReadOnlyList<string>>(["Initiators lose the virtual IPs.", "Nothing switches by itself any more."]));
            var view = await call.Console.Failover.StopAsync(call.Cancellation);
            call.Print(view, output => output.WriteLine("Stopped the failover manager on both nodes."));
        }, yes);
    }

    public static Verb Switch() => Command("switch", "Manual failover: the other node becomes active. On either node.", "Wait until the other node serves.",
        (failover, token) => failover.SwitchAsync(token), "The other node was made active.", FailoverWait.UntilServedAsync);

    public static Verb FailBack() => Command("failback", "The configured primary becomes active again. On either node.", "Wait until it serves.",
        (failover, token) => failover.FailBackAsync(token), "The configured primary was made active.", FailoverWait.UntilServedAsync);

    public static Verb Sync() => Command("sync", "Begins to bring the passive node's volumes in sync. On either node.", "Wait until both nodes have the same data.",
        (failover, token) => failover.SyncAsync(token), "Bringing the volumes in sync.", FailoverWait.UntilSyncedAsync);

    public static Verb Maintenance()
    {
        var on = new Argument<string>("state") { Description = "Turn it on or off.", HelpName = "on|off" };
        on.AcceptOnlyFromAmong("on", "off");
        return new Verb("maintenance", "Maintenance mode: while it is on, nothing switches by itself, on both nodes.", async call =>
        {
            var wanted = call.Value(on) == "on";
            var view = await call.Console.Failover.SetMaintenanceAsync(new FailoverMaintenance(wanted), call.Cancellation);
            call.Print(view, output => output.WriteLine($"Maintenance mode is {(wanted ? "on" : "off")}."));
        }, on);
    }

    public static Verb ServeAnyway()
    {
        var yes = Values.Yes();
        var force = Values.Flag("--force", "Also when this node's data is not up to date: what only the peer has is then given up.");
        return new Verb("serve-anyway", "A person's word that the peer does not serve: this node does. When the peer serves after all, data is lost.", async call =>
        {
            var node = (await call.Console.Failover.GetAsync(call.Cancellation)).Node;
            await Confirmation.RequireAsync(call, call.Value(yes), $"Making {node} serve without asking the peer", node,
                () => Task.FromResult<IReadOnlyList<string>>(
                [
                    "Do this only when the peer is switched off, or cut off from every initiator.",
                    "If it serves too, both nodes write, and the writes of one of them are lost.",
                    call.Value(force) ? "What only the peer has is given up." : "It is refused when this node's data is not up to date.",
                ]));
            var view = await call.Console.Failover.ServeAnywayAsync(new ServeAnyway(node, call.Value(force)), call.Cancellation);
            call.Print(view, output => output.WriteLine($"{node} serves."));
        }, yes, force);
    }

    private static Verb Command(
        string name, string description, string waitDescription, Func<IFailover, CancellationToken, Task<FailoverView>> command, string done, Func<Invocation, FailoverView, Task<FailoverView>> until)
    {
        var wait = Values.Flag("--wait", waitDescription);
        return new Verb(name, description, async call =>
        {
            var view = await command(call.Console.Failover, call.Cancellation);
            if (!call.Value(wait))
            {
                call.Print(view, output => output.WriteLine($"{done} futago failover status shows how it is."));
                return ExitCode.Success;
            }
            view = await until(call, view);
            call.Print(view, output => FailoverPage.WriteStatus(output, view, call.Environment));
            return FailoverWait.Failed(view) ? ExitCode.Failed : ExitCode.Success;
        }, wait);
    }
}
