using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;

namespace Futago.Cli.Commands;

/// <summary>Set-up and state of the failover; what moves the service is in <see cref="FailoverManagerCommands"/>.</summary>
internal static class FailoverCommands
{
    public static Command Create() => new("failover", "Failover of the pair: when one node fails, the other one serves the same targets at the same address.")
    {
        Status(),
        Show(),
        CreateFailover(),
        Set(),
        Check(),
        FailoverManagerCommands.Start(),
        FailoverManagerCommands.Stop(),
        FailoverManagerCommands.Switch(),
        FailoverManagerCommands.Sync(),
        FailoverManagerCommands.FailBack(),
        FailoverManagerCommands.Maintenance(),
        FailoverManagerCommands.ServeAnyway(),
        CopyTargets(),
        Delete(),
    };

    private static Verb Status() => new("status", "Shows how the failover is on this node, also with the console down.", async call =>
    {
        var view = await Fallback.ReadAsync(call, console => console.Failover.GetAsync(call.Cancellation), engine => FromEngineAsync(engine, call.Cancellation));
        call.Print(view, output => FailoverPage.WriteStatus(output, view, call.Environment));
    });

    private static async Task<FailoverView> FromEngineAsync(EngineClient engine, CancellationToken cancellation)
    {
        var node = await engine.GetNodeAsync(cancellation);
        return new FailoverView(node.Name, null, null, await engine.GetFailoverAsync(cancellation), null);
    }

    private static Verb Show() => new("show", "Shows what is configured: roles, virtual IPs, paths, ping nodes, witness, tasks and targets.", async call =>
    {
        var view = await call.Console.Failover.GetAsync(call.Cancellation);
        call.Print(view, output => FailoverPage.WriteDefinition(output, view, call.Environment));
    });

    private static Verb CreateFailover()
    {
        var options = new FailoverOptions();
        return new Verb("create", "Makes the failover on both nodes, with the targets that the peer lacks, and first the volumes that are asked for. What is left out can be set later.", async call =>
        {
            var change = options.ReadWithVolumes(call);
            var view = change.NewVolumes is null ? await call.Console.Failover.CreateAsync(change, call.Cancellation) : await FailoverMaking.RunAsync(call, change);
            call.Print(view, output =>
            {
                output.WriteLine("Created the failover on both nodes. futago failover check looks whether it can be started.");
                FailoverPage.WriteDefinition(output, view, call.Environment);
            });
        }, options.WithVolumes);
    }

    private static Verb Set()
    {
        var options = new FailoverOptions();
        return new Verb("set", "Changes the failover on both nodes, while the failover manager is stopped. What is given replaces what there was; none empties it.", async call =>
        {
            var view = await call.Console.Failover.UpdateAsync(options.Read(call), call.Cancellation);
            call.Print(view, output => FailoverPage.WriteDefinition(output, view, call.Environment));
        }, options.All);
    }

    private static Verb Check() => new("check", "Looks at both nodes whether the failover manager can be started: one line for each check. Succeeds when it can.", async call =>
    {
        var checks = await call.Console.Failover.CheckAsync(null, call.Cancellation);
        call.Print(checks, output => FailoverPage.WriteChecks(output, checks));
        return checks.Ready ? ExitCode.Success : ExitCode.Failed;
    });

    private static Verb CopyTargets()
    {
        var yes = Values.Yes();
        return new Verb("copy-targets", "This node's definition of the failover and of its targets replaces the peer's.", async call =>
        {
            await Confirmation.RequireAsync(call, call.Value(yes), "Replacing the peer's definition of the targets", "copy");
            var view = await call.Console.Failover.CopyTargetsAsync(call.Cancellation);
            call.Print(view, output => output.WriteLine("Copied the definition to the peer."));
        }, yes);
    }

    private static Verb Delete()
    {
        var yes = Values.Yes();
        var hereOnly = Values.Flag("--here-only", "Only on this node, when the peer is away for good.");
        return new Verb("delete", "Deletes the failover on both nodes, while the failover manager is stopped. Targets and volumes stay.", async call =>
        {
            var node = (await call.Console.Failover.GetAsync(call.Cancellation)).Node;
            await Confirmation.RequireAsync(call, call.Value(yes), "Deleting the failover", node);
            await call.Console.Failover.DeleteAsync(new DeleteFailover(node, call.Value(hereOnly)), call.Cancellation);
            call.Done($"Deleted the failover{(call.Value(hereOnly) ? " on this node only" : "")}.");
        }, yes, hereOnly);
    }
}
